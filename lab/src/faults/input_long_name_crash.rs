//! A field with a long name ends the device until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-long-name-crash",
    kind: Kind::Device,
    summary: "A field with a long name ends the device until it is switched off and on",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-ends-device" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.long_name_ends_it = true),
};
