//! Everybody hands over an image by Bluetooth LE, and it is installed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-dfu-open",
    kind: Kind::Device,
    summary: "The update service over Bluetooth LE is open to everybody and installs what it gets",
    changes: &[Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-written-by-stranger" }],
    apply: Apply::Device(|behaviour| behaviour.ble.dfu_open = true),
};
