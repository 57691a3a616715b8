//! A change of the password is refused.

use crate::behaviour::PasswordChange;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "change-refused",
    kind: Kind::Device,
    summary: "A change of the password is refused",
    changes: &[
        Change { unit: "5.1-4-2:a", verdict: "FAIL", code: "change-refused" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "change-not-carried-out" },
    ],
    apply: Apply::Device(|behaviour| behaviour.password_change = PasswordChange::Refused),
};
