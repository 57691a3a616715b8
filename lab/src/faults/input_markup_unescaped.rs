//! A refused entry is given back on the page as it was entered.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-markup-unescaped",
    kind: Kind::Device,
    summary: "A refused entry is given back on the page as it was entered",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-given-back-as-markup" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.repeats_entries = true),
};
