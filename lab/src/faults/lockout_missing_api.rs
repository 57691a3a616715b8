//! The login of the API never locks.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-missing-api",
    kind: Kind::Device,
    summary: "The login of the API never locks",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "declared-defence-not-seen" }],
    apply: Apply::Device(|behaviour| behaviour.api_lockout = None),
};
