//! The web login never locks.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-missing-web",
    kind: Kind::Device,
    summary: "The web login never locks",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "declared-defence-not-seen" }],
    apply: Apply::Device(|behaviour| behaviour.web_lockout = None),
};
