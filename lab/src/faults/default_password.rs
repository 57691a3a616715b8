//! The account admin with the password admin is let in as well.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "default-password",
    kind: Kind::Device,
    summary: "The account admin with the password admin is let in as well",
    changes: &[Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "common-credential-accepted" }],
    apply: Apply::Device(|behaviour| behaviour.default_password = true),
};
