//! Over Bluetooth LE everybody writes Wi-Fi credentials and settings, and reads the settings.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-open-config",
    kind: Kind::Device,
    summary: "Wi-Fi credentials and settings are written over Bluetooth LE by whoever connects",
    changes: &[Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-written-by-stranger" }],
    apply: Apply::Device(|behaviour| behaviour.ble.open_config = true),
};
