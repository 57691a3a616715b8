//! Whoever asks deletes the log.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "log-erasable-by-anybody",
    kind: Kind::Device,
    summary: "Whoever asks deletes the log",
    changes: &[Change { unit: "plus-log-protection", verdict: "FAIL", code: "plus-log-deleted" }],
    apply: Apply::Device(|behaviour| behaviour.log.erasable_by_anybody = true),
};
