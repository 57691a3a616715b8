//! The device refuses to switch automatic updates off.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-updates-cannot-be-off",
    kind: Kind::Device,
    summary: "The device refuses to switch automatic updates off",
    changes: &[Change { unit: "5.3-6-2:b", verdict: "FAIL", code: "setting-change-refused" }],
    apply: Apply::Device(|behaviour| behaviour.settings.updates_cannot_be_off = true),
};
