//! The set-up does not offer to install updates after asking.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-setup-omits-option",
    kind: Kind::Device,
    summary: "The set-up does not offer to install updates after asking",
    changes: &[Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-options-differ" }],
    apply: Apply::Device(|behaviour| behaviour.settings.set_up_omits_asking = true),
};
