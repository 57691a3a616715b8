//! Notices of updates that were switched off are on again after a moment.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "notices-come-back",
    kind: Kind::Device,
    summary: "Notices of updates that were switched off are on again after a moment",
    changes: &[Change { unit: "5.3-6-2:d", verdict: "FAIL", code: "setting-does-not-stay" }],
    apply: Apply::Device(|behaviour| behaviour.settings.notices_come_back = true),
};
