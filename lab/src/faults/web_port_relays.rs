//! The web port connects anybody to other ports.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "web-port-relays",
    kind: Kind::Device,
    summary: "The web port connects anybody to other ports: CONNECT",
    changes: &[Change { unit: "plus-no-relay", verdict: "FAIL", code: "plus-relays" }],
    apply: Apply::Device(|behaviour| behaviour.holes.relays = true),
};
