//! The API goes on asking for the password before the change.

use crate::behaviour::PasswordChange;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "change-ignored-on-api",
    kind: Kind::Device,
    summary: "The API goes on asking for the password before the change",
    changes: &[Change { unit: "5.1-4-2:b", verdict: "FAIL", code: "old-value-still-accepted" }],
    apply: Apply::Device(|behaviour| behaviour.password_change = PasswordChange::IgnoredByApi),
};
