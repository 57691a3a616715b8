//! A handle that no discovery shows gives a maintenance key.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-hidden-handle",
    kind: Kind::Device,
    summary: "A handle outside of every service, which no discovery shows, is read by everybody",
    changes: &[
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "ble-undeclared-handle" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "ble-undeclared-handle" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.hidden_handle = true),
};
