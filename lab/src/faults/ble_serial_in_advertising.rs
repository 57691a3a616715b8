//! The scan response tells the serial number.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-serial-in-advertising",
    kind: Kind::Device,
    summary: "The device tells its serial number to everybody who scans for Bluetooth LE",
    changes: &[
        Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" },
        Change { unit: "plus-ble-address", verdict: "FAIL", code: "plus-ble-identifier-advertised" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.serial_in_advertising = true),
};
