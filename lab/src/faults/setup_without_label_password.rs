//! The set-up page needs no password of the label.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-without-label-password",
    kind: Kind::Device,
    summary: "The set-up page needs no password of the label",
    changes: &[Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-without-login" }],
    apply: Apply::Device(|behaviour| behaviour.holes.open_setup = true),
};
