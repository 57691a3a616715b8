//! The device sends datagrams of its own kind to a host that nobody declared.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "beacon-to-undeclared-host",
    kind: Kind::Device,
    summary: "The device sends datagrams of its own kind to a host that nobody declared",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.beacon = true),
};
