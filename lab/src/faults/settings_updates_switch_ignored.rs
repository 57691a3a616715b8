//! The switch of automatic updates is taken and does nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-updates-switch-ignored",
    kind: Kind::Device,
    summary: "The switch of automatic updates is taken and does nothing",
    changes: &[Change { unit: "5.3-6-2:b", verdict: "FAIL", code: "setting-change-without-effect" }],
    apply: Apply::Device(|behaviour| behaviour.settings.updates_switch_ignored = true),
};
