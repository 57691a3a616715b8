//! Automatic updates are off after the set-up.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-updates-off-at-first",
    kind: Kind::Device,
    summary: "Automatic updates are off after the set-up",
    changes: &[Change { unit: "5.3-6-2:a", verdict: "FAIL", code: "setting-off-at-first" }],
    apply: Apply::Device(|behaviour| behaviour.settings.updates_off_at_first = true),
};
