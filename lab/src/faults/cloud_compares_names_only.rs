//! The device takes a copy of the certificate of its cloud on another key.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-compares-names-only",
    kind: Kind::Device,
    summary: "The device takes a copy of the certificate of its cloud on another key",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "cloned-peer-accepted" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
        Change { unit: "plus-cloned-peer", verdict: "FAIL", code: "plus-cloned-peer-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::ComparesNames),
};
