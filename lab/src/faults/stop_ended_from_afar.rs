//! The next order of the cloud starts again what was stopped.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "stop-ended-from-afar",
    kind: Kind::Device,
    summary: "The next order over the cloud starts again what was stopped",
    changes: &[Change { unit: "plus-remote-stop", verdict: "FAIL", code: "plus-stop-ended-from-afar" }],
    apply: Apply::Device(|behaviour| behaviour.orders.order_ends_stop = true),
};
