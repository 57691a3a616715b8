//! The login page tells the hardware address.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "index-tells-hardware-address",
    kind: Kind::Device,
    summary: "The login page tells the hardware address",
    changes: &[Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" }],
    apply: Apply::Device(|behaviour| behaviour.index_tells_mac = true),
};
