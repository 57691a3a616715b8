//! The mDNS record tells serial number and firmware version.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "mdns-tells-serial",
    kind: Kind::Device,
    summary: "The mDNS record tells serial number and firmware version",
    changes: &[Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" }],
    apply: Apply::Device(|behaviour| behaviour.mdns_tells_serial = true),
};
