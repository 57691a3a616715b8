//! After a change of the password the old one is let in too.

use crate::behaviour::PasswordChange;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "change-keeps-old-password",
    kind: Kind::Device,
    summary: "After a change of the password the old one is let in too",
    changes: &[Change { unit: "5.1-4-2:b", verdict: "FAIL", code: "old-value-still-accepted" }],
    apply: Apply::Device(|behaviour| behaviour.password_change = PasswordChange::KeepsOld),
};
