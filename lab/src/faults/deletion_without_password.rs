//! The reset is carried out without the password that the declaration asks for.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-without-password",
    kind: Kind::Device,
    summary: "The reset is carried out without the password that the declaration asks for",
    changes: &[Change { unit: "5.11-1-2:b", verdict: "FAIL", code: "deletion-needs-less-than-declared" }],
    apply: Apply::Device(|behaviour| behaviour.deletion.without_password = true),
};
