//! The set-up takes the password of the label as the chosen one.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-takes-label-password",
    kind: Kind::Device,
    summary: "The set-up takes the password of the label as the chosen one",
    changes: &[Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "set-up-takes-weak-password" }],
    apply: Apply::Device(|behaviour| behaviour.set_up.takes_label = true),
};
