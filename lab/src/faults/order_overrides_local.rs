//! An order of the cloud counts as soon as it comes, whoever has just operated the device.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "order-overrides-local",
    kind: Kind::Device,
    summary: "An order of the cloud undoes what somebody has just set at the device",
    changes: &[Change { unit: "plus-local-priority", verdict: "FAIL", code: "plus-local-overridden" }],
    apply: Apply::Device(|behaviour| behaviour.orders.overrides_local = true),
};
