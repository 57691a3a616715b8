//! After a body that is shorter than announced the device serves nobody.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-length-hang",
    kind: Kind::Device,
    summary: "After a body that is shorter than announced the device serves nobody",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-hangs-device" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.waits_for_the_rest = true),
};
