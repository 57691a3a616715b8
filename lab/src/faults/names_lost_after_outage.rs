//! After an outage of the look-up the device looks no name up until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "names-lost-after-outage",
    kind: Kind::Device,
    summary: "After an outage of the look-up the device looks no name up until it is switched off and on",
    changes: &[Change { unit: "5.9-3-2:a", verdict: "INCONCLUSIVE", code: "too-few-tries" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.loses_names = true),
};
