//! The web interface gives up under many connections at once, and stays away until the device is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "web-ends-in-storm",
    kind: Kind::Device,
    summary: "The web interface gives up under many connections at once, and stays away until the device is switched off and on",
    changes: &[Change { unit: "plus-storm-recovery", verdict: "FAIL", code: "plus-storm-not-back" }],
    // More than any other trial holds open at once.
    apply: Apply::Device(|behaviour| behaviour.frailty.web_ends_in_storm = Some(44)),
};
