//! The API takes any token.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-wrong-token-accepted",
    kind: Kind::Device,
    summary: "The API takes any token",
    changes: &[Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "invalid-credential-admitted" }],
    apply: Apply::Device(|behaviour| behaviour.holes.any_token = true),
};
