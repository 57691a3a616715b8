//! The device refuses to switch notices of updates off.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "notices-cannot-be-switched",
    kind: Kind::Device,
    summary: "The device refuses to switch notices of updates off",
    changes: &[Change { unit: "5.3-6-2:d", verdict: "FAIL", code: "setting-change-refused" }],
    apply: Apply::Device(|behaviour| behaviour.settings.notices_cannot_be_switched = true),
};
