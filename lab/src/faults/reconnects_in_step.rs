//! No chance is in the waits before new tries: all devices come back at once.

use crate::behaviour::WaitRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "reconnects-in-step",
    kind: Kind::Device,
    summary: "No chance is in the waits before new tries: all devices come back at once",
    changes: &[Change { unit: "5.9-3-2:a", verdict: "FAIL", code: "reconnects-in-step" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.waits = WaitRule::WithoutChance),
};
