//! A word in place of the target temperature counts as zero.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-word-counts-as-zero",
    kind: Kind::Device,
    summary: "A word in place of the target temperature counts as zero",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-stored-beyond-limits" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.words_count_as_zero = true),
};
