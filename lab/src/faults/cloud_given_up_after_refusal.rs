//! The device never calls its cloud again after it was refused.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-given-up-after-refusal",
    kind: Kind::Device,
    summary: "The device never calls its cloud again after it was refused",
    changes: &[Change { unit: "0.0", verdict: "FAIL", code: "x" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.gives_up = true),
};
