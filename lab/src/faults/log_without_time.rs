//! The log does not say when.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "log-without-time",
    kind: Kind::Device,
    summary: "The log does not say when",
    changes: &[Change { unit: "plus-log-export", verdict: "FAIL", code: "plus-log-without-time" }],
    apply: Apply::Device(|behaviour| behaviour.log.without_time = true),
};
