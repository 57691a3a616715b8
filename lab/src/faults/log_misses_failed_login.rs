//! Failed logins do not stand in the log.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "log-misses-failed-login",
    kind: Kind::Device,
    summary: "Failed logins do not stand in the log",
    changes: &[Change { unit: "plus-log-events", verdict: "FAIL", code: "plus-log-event-missing" }],
    apply: Apply::Device(|behaviour| behaviour.log.misses_failed_logins = true),
};
