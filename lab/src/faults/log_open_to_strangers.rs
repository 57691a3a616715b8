//! Whoever asks reads the log.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "log-open-to-strangers",
    kind: Kind::Device,
    summary: "Whoever asks reads the log",
    changes: &[Change { unit: "plus-log-protection", verdict: "FAIL", code: "plus-log-read-by-others" }],
    apply: Apply::Device(|behaviour| behaviour.log.open = true),
};
