//! The disclosure policy is shown only after a login.

use crate::behaviour::Policy;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "policy-behind-login",
    kind: Kind::Device,
    summary: "The disclosure policy is shown only after a login",
    changes: &[
        Change { unit: "5.2-1-1:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "5.2-1-2:a", verdict: "FAIL", code: "publication-behind-wall" },
    ],
    apply: Apply::Device(|behaviour| behaviour.policy = Policy::BehindLogin),
};
