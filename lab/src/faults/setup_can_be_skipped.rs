//! The device can be used with the password of the label, without choosing another.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-can-be-skipped",
    kind: Kind::Device,
    summary: "The device can be used with the password of the label, without choosing another",
    changes: &[Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "used-without-own-password" }],
    apply: Apply::Device(|behaviour| behaviour.set_up.can_be_skipped = true),
};
