//! The page of the disclosure policy is not found.

use crate::behaviour::Policy;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "policy-missing",
    kind: Kind::Device,
    summary: "The page of the disclosure policy is not found",
    changes: &[
        Change { unit: "5.2-1-1:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "5.2-1-2:a", verdict: "FAIL", code: "publication-not-found" },
    ],
    apply: Apply::Device(|behaviour| behaviour.policy = Policy::Missing),
};
