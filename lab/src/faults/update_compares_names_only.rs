//! The device takes a copy of the certificate of the update server on another key.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-compares-names-only",
    kind: Kind::Device,
    summary: "The device takes a copy of the certificate of the update server on another key",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
        Change { unit: "plus-cloned-peer", verdict: "FAIL", code: "plus-cloned-peer-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::ComparesNames),
};
