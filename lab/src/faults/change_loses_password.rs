//! After a change of the password neither the old nor the new one is let in.

use crate::behaviour::PasswordChange;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "change-loses-password",
    kind: Kind::Device,
    summary: "After a change of the password neither the old nor the new one is let in",
    changes: &[
        Change { unit: "5.1-4-2:a", verdict: "FAIL", code: "new-value-not-accepted" },
        Change { unit: "5.1-4-2:b", verdict: "FAIL", code: "new-value-not-accepted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.password_change = PasswordChange::LosesPassword),
};
