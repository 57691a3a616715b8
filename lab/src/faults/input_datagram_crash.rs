//! A question to the discovery whose name goes on behind its end ends the device until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "input-datagram-crash",
    kind: Kind::Device,
    summary: "A question to the discovery whose name goes on behind its end ends the device until it is switched off and on",
    changes: &[Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "input-ends-device" }],
    apply: Apply::Device(|behaviour| behaviour.inputs.short_name_ends_it = true),
};
