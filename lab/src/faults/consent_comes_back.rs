//! Usage statistics that were switched off are on again after a moment.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "consent-comes-back",
    kind: Kind::Device,
    summary: "Usage statistics that were switched off are on again after a moment",
    changes: &[Change { unit: "6-3-2:a", verdict: "FAIL", code: "withdrawal-does-not-stay" }],
    apply: Apply::Device(|behaviour| behaviour.settings.statistics_come_back = true),
};
