//! The device takes anybody for the update server who shows a certificate.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-accepts-any-certificate",
    kind: Kind::Device,
    summary: "The device takes anybody for the update server who shows a certificate",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
        Change { unit: "plus-cloned-peer", verdict: "FAIL", code: "plus-cloned-peer-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::AnyCertificate),
};
