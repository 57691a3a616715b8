//! After a loss of power the debug port is open.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "debug-port-open-after-power-loss",
    kind: Kind::Device,
    summary: "After a loss of power the debug port is open",
    changes: &[
        Change { unit: "5.9-1-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
        Change { unit: "5.9-2-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.opens_debug_port = true),
};
