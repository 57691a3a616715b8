//! The device takes the certificate of another client for that of its cloud.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-ignores-key-usage",
    kind: Kind::Device,
    summary: "The device takes the certificate of another client for that of its cloud",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "peer-key-usage-ignored" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "peer-key-usage-ignored" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "peer-key-usage-ignored" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "peer-key-usage-ignored" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "peer-key-usage-ignored" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "peer-key-usage-ignored" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::IgnoresKeyUsage),
};
