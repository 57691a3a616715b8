//! The device answers CoAP requests, which is not declared, and a short question with a long list.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "coap-amplifies",
    kind: Kind::Device,
    summary: "The device answers CoAP requests, and sends whoever asks for its resources many times what was asked",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
        Change { unit: "plus-no-relay", verdict: "FAIL", code: "plus-amplifies" },
    ],
    apply: Apply::Device(|behaviour| (behaviour.coap, behaviour.coap_lists_much) = (true, true)),
};
