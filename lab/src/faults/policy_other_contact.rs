//! The published disclosure policy names another contact than declared.

use crate::behaviour::Policy;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "policy-other-contact",
    kind: Kind::Device,
    summary: "The published disclosure policy names another contact than declared",
    changes: &[Change { unit: "5.2-1-2:b", verdict: "FAIL", code: "policy-differs-from-declaration" }],
    apply: Apply::Device(|behaviour| behaviour.policy = Policy::OtherContact),
};
