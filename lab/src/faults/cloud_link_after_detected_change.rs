//! The device keeps its cloud link after it has found its software changed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-link-after-detected-change",
    kind: Kind::Device,
    summary: "The device keeps its cloud link after it has found its software changed",
    changes: &[Change { unit: "5.7-2-2:b", verdict: "FAIL", code: "calls-after-detected-change" }],
    apply: Apply::Device(|behaviour| behaviour.errands.cloud_after_change = true),
};
