//! A long write over Bluetooth LE stops the device until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-crash-on-long-write",
    kind: Kind::Device,
    summary: "More than 64 bytes written as the name of the Wi-Fi stop the device until it is switched off and on",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-ends-device" }],
    apply: Apply::Device(|behaviour| behaviour.ble.crash_on_long_write = true),
};
