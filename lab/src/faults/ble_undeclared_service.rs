//! A maintenance service with a console is offered over Bluetooth LE.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-undeclared-service",
    kind: Kind::Device,
    summary: "A maintenance service that is not declared is offered over Bluetooth LE, with a console for everybody",
    changes: &[
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "ble-undeclared-service" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "ble-undeclared-service" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.undeclared_service = true),
};
