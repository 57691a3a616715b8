//! The set-up takes an empty password.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-takes-empty-password",
    kind: Kind::Device,
    summary: "The set-up takes an empty password",
    changes: &[Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "set-up-takes-weak-password" }],
    apply: Apply::Device(|behaviour| behaviour.set_up.takes_empty = true),
};
