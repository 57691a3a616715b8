//! The web interface, login form included, answers on plain HTTP too.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "login-form-over-plain-http",
    kind: Kind::Device,
    summary: "The web interface, login form included, answers on plain HTTP too",
    changes: &[Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "login-in-the-clear" }],
    apply: Apply::Device(|behaviour| behaviour.plain_login = true),
};
