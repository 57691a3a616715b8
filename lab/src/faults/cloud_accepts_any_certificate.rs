//! The device takes anybody for its cloud who shows a certificate.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-accepts-any-certificate",
    kind: Kind::Device,
    summary: "The device takes anybody for its cloud who shows a certificate",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "stranger-accepted" },
        Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-dates-ignored" },
        Change { unit: "plus-cloned-peer", verdict: "FAIL", code: "plus-cloned-peer-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::AnyCertificate),
};
