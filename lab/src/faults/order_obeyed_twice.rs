//! An order of the cloud that comes a second time is obeyed again.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "order-obeyed-twice",
    kind: Kind::Device,
    summary: "An order of the cloud that comes a second time is obeyed again",
    changes: &[Change { unit: "plus-replay", verdict: "FAIL", code: "plus-replay-obeyed" }],
    apply: Apply::Device(|behaviour| behaviour.orders.obeys_repeated = true),
};
