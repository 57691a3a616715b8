//! The set temperature is there a second time over Bluetooth LE, and open.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-duplicate-characteristic",
    kind: Kind::Device,
    summary: "The set temperature is there a second time under the same identifier, and everybody reads and writes it",
    changes: &[Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-written-by-stranger" }],
    apply: Apply::Device(|behaviour| behaviour.ble.duplicate_characteristic = true),
};
