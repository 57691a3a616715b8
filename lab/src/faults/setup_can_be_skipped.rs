//! The device can be used with the password of the label, without choosing another.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-can-be-skipped",
    kind: Kind::Device,
    summary: "The device can be used with the password of the label, without choosing another",
    changes: &[
        Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "used-without-own-password" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-to-unentitled" },
    ],
    apply: Apply::Device(|behaviour| behaviour.set_up.can_be_skipped = true),
};
