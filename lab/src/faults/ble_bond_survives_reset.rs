//! Bonds outlive the factory reset.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-bond-survives-reset",
    kind: Kind::Device,
    summary: "A phone that was paired before the factory reset is known after it",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "ble-bond-survives" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-bond-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.bond_survives_reset = true),
};
