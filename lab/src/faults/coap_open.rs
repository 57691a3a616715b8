//! The device answers CoAP requests, which is not declared.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "coap-open",
    kind: Kind::Device,
    summary: "The device answers CoAP requests, which is not declared",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.coap = true),
};
