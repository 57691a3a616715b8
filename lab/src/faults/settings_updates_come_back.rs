//! Automatic updates that were switched off are on again after a moment.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-updates-come-back",
    kind: Kind::Device,
    summary: "Automatic updates that were switched off are on again after a moment",
    changes: &[Change { unit: "5.3-6-2:b", verdict: "FAIL", code: "setting-does-not-stay" }],
    apply: Apply::Device(|behaviour| behaviour.settings.updates_come_back = true),
};
