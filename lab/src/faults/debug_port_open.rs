//! The debug port, declared as disabled, is open.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "debug-port-open",
    kind: Kind::Device,
    summary: "The debug port, declared as disabled, is open",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:a", verdict: "FAIL", code: "disabled-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.debug_port = true),
};
