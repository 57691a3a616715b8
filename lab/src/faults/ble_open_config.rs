//! Over Bluetooth LE everybody writes Wi-Fi credentials and settings, and reads the settings.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-open-config",
    kind: Kind::Device,
    summary: "Wi-Fi credentials and settings are written over Bluetooth LE by whoever connects",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-secret-in-the-clear" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "ble-data-in-the-clear" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.open_config = true),
};
