//! A lock-out ends after one second instead of two.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-short",
    kind: Kind::Device,
    summary: "A lock-out ends after one second instead of two",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "lockout-shorter-than-declared" }],
    apply: Apply::Device(|behaviour| behaviour.lockout = std::time::Duration::from_secs(1)),
};
