//! The device calls its cloud every 20 ms until it is back.

use crate::behaviour::WaitRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "reconnects-without-pause",
    kind: Kind::Device,
    summary: "The device calls its cloud every 20 ms until it is back",
    changes: &[Change { unit: "5.9-3-2:a", verdict: "FAIL", code: "reconnects-without-pause" }],
    apply: Apply::Device(|behaviour| behaviour.frailty.waits = WaitRule::Hardly),
};
