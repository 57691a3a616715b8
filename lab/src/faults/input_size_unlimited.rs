//! Orders and forms are read however large they are.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-size-unlimited",
    kind: Kind::Device,
    summary: "Orders and forms are read however large they are",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "unexpected-input-processed" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.without_size_limit = true),
};
