//! The device takes an RSA key of 1024 bits for that of its cloud.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-takes-small-key",
    kind: Kind::Device,
    summary: "The device takes an RSA key of 1024 bits for that of its cloud",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "weak-peer-key-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "weak-peer-key-accepted" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "weak-peer-key-accepted" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "weak-peer-key-accepted" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "weak-peer-key-accepted" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "weak-peer-key-accepted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::TakesSmallKey),
};
