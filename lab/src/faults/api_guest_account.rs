//! The API lets the account guest with the password guest in.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-guest-account",
    kind: Kind::Device,
    summary: "The API lets the account guest with the password guest in",
    changes: &[Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "common-credential-accepted" }],
    apply: Apply::Device(|behaviour| behaviour.guest_on_api = true),
};
