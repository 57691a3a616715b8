//! The device asks for updates when the certificate has ended.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-takes-expired-certificate",
    kind: Kind::Device,
    summary: "The device asks for updates when the certificate has ended",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
    ],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::TakesExpired),
};
