//! The device advertises under its public address for ever.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-static-address",
    kind: Kind::Device,
    summary: "The device keeps one Bluetooth LE address for ever, by which it can be followed",
    changes: &[
        Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "ble-lasting-address" },
        Change { unit: "plus-ble-address", verdict: "FAIL", code: "plus-ble-address-stays" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.static_address = true),
};
