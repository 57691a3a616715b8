//! Device Information tells serial number, firmware and its build to everybody.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-verbose-device-information",
    kind: Kind::Device,
    summary: "Over Bluetooth LE, serial number, firmware version and its build are told to everybody",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "ble-protected-value-disclosed" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "ble-perhaps-in-the-clear" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.verbose_device_information = true),
};
