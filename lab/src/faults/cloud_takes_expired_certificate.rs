//! The device talks to its cloud when the certificate has ended.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-takes-expired-certificate",
    kind: Kind::Device,
    summary: "The device talks to its cloud when the certificate has ended",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "peer-dates-ignored" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::TakesExpired),
};
