//! The day of the usage names a file, and the page shows it.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-path-reads-file",
    kind: Kind::Device,
    summary: "The day of the usage names a file, and the page shows it",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-reads-file" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.opens_any_file = true),
};
