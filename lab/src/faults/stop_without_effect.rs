//! A stop of the cloud is taken note of, and the heater goes on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "stop-without-effect",
    kind: Kind::Device,
    summary: "A stop over the cloud is taken note of, and the heater goes on",
    changes: &[Change { unit: "plus-remote-stop", verdict: "FAIL", code: "plus-stop-without-effect" }],
    apply: Apply::Device(|behaviour| behaviour.orders.goes_on_after_stop = true),
};
