//! JSON that is nested deeply ends the device until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-parser-crash",
    kind: Kind::Device,
    summary: "JSON that is nested deeply ends the device until it is switched off and on",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-ends-device" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.nesting_ends_it = true),
};
