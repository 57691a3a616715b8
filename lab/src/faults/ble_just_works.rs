//! Pairing shows and compares nothing, and what is protected opens after it.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-just-works",
    kind: Kind::Device,
    summary: "Pairing over Bluetooth LE shows and compares nothing, so that nobody knows who pairs",
    changes: &[Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "ble-pairing-weaker-than-declared" }],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.just_works = true),
};
