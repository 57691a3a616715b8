//! A text console is open, not declared, and lets root in without a password.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "telnet-root-without-password",
    kind: Kind::Device,
    summary: "A text console is open, not declared, and lets root in without a password",
    changes: &[
        Change { unit: "5.1-1-2:a", verdict: "FAIL", code: "undeclared-password-mechanism" },
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "common-credential-accepted" },
        Change { unit: "5.1-5-2:a", verdict: "FAIL", code: "undeclared-authentication-mechanism" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.root_console = true),
};
