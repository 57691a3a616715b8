//! The device waits for the same time before each new try, however many fail.

use crate::behaviour::WaitRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "reconnects-without-back-off",
    kind: Kind::Device,
    summary: "The device waits for the same time before each new try, however many fail",
    changes: &[Change { unit: "5.9-3-2:a", verdict: "FAIL", code: "back-off-not-as-declared" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.waits = WaitRule::NeverLonger),
};
