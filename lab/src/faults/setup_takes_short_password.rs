//! The set-up takes a password shorter than declared.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-takes-short-password",
    kind: Kind::Device,
    summary: "The set-up takes a password shorter than declared",
    changes: &[Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "set-up-takes-weak-password" }],
    apply: Apply::Device(|behaviour| behaviour.set_up.takes_short = true),
};
