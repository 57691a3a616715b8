//! The form of the target temperature takes every number.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-form-range-unchecked",
    kind: Kind::Device,
    summary: "The form of the target temperature takes every number",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-stored-beyond-limits" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.form_takes_any_number = true),
};
