//! A locked login takes the right password all the same.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-lifted-by-right-password",
    kind: Kind::Device,
    summary: "A locked login takes the right password all the same",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "lockout-lets-right-credential-in" }],
    apply: Apply::Device(|behaviour| behaviour.right_password_unlocks = true),
};
