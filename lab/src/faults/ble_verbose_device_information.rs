//! Device Information tells serial number, firmware and its build to everybody.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-verbose-device-information",
    kind: Kind::Device,
    summary: "Over Bluetooth LE, serial number, firmware version and its build are told to everybody",
    changes: &[Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" }],
    apply: Apply::Device(|behaviour| behaviour.ble.verbose_device_information = true),
};
