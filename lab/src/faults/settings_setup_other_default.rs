//! The set-up has remote operation chosen beforehand.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-setup-other-default",
    kind: Kind::Device,
    summary: "The set-up has remote operation chosen beforehand",
    changes: &[Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-default-differs" }],
    apply: Apply::Device(|behaviour| behaviour.settings.set_up_prefers_remote = true),
};
