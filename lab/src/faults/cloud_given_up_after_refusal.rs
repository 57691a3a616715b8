//! The device never calls its cloud again after it was refused.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-given-up-after-refusal",
    kind: Kind::Device,
    summary: "The device never calls its cloud again after it was refused",
    changes: &[Change { unit: "5.9-3-2:a", verdict: "INCONCLUSIVE", code: "too-few-tries" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.gives_up = true),
};
