//! After the reset the user is told nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-unconfirmed",
    kind: Kind::Device,
    summary: "After the reset the user is told nothing",
    changes: &[Change { unit: "5.11-4-1:b", verdict: "FAIL", code: "deletion-not-confirmed" }],
    apply: Apply::Device(|behaviour| behaviour.deletion.unconfirmed = true),
};
