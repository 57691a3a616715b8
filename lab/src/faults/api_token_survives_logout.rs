//! A token of the API goes on after it was given back.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-token-survives-logout",
    kind: Kind::Device,
    summary: "A token of the API goes on after it was given back",
    changes: &[Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "access-after-logout" }],
    apply: Apply::Device(|behaviour| behaviour.holes.token_outlives_logout = true),
};
