//! The device asks for updates when the certificate names another host.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-ignores-name",
    kind: Kind::Device,
    summary: "The device asks for updates when the certificate names another host",
    changes: &[Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "peer-name-ignored" }],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::IgnoresName),
};
