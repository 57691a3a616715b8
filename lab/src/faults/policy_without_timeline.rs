//! The published disclosure policy names no times.

use crate::behaviour::Policy;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "policy-without-timeline",
    kind: Kind::Device,
    summary: "The published disclosure policy names no times",
    changes: &[Change { unit: "5.2-1-2:b", verdict: "FAIL", code: "policy-without-timeline" }],
    apply: Apply::Device(|behaviour| behaviour.policy = Policy::WithoutTimeline),
};
