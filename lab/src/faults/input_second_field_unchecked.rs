//! Of two target temperatures in one order the first is checked and the last one kept.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-second-field-unchecked",
    kind: Kind::Device,
    summary: "Of two target temperatures in one order the first is checked and the last one kept",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-stored-beyond-limits" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.checks_first_field = true),
};
