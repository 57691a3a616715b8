//! The web interface, login form included, answers on plain HTTP too.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "login-form-over-plain-http",
    kind: Kind::Device,
    summary: "The web interface, login form included, answers on plain HTTP too",
    changes: &[
        Change { unit: "5.1-1-2:a", verdict: "FAIL", code: "undeclared-password-mechanism" },
        Change { unit: "5.1-5-2:a", verdict: "FAIL", code: "undeclared-authentication-mechanism" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "login-in-the-clear" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "login-in-the-clear" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.plain_login = true),
};
