//! An administration page without login is open on plain HTTP.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "http-plain-open",
    kind: Kind::Device,
    summary: "An administration page without login is open on plain HTTP",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.plain_http_admin = true),
};
