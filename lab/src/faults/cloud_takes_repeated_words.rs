//! The device goes on with whoever repeats what its cloud said before.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-takes-repeated-words",
    kind: Kind::Device,
    summary: "The device goes on with whoever repeats what its cloud said before",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "replayed-peer-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "replayed-peer-accepted" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "replayed-peer-accepted" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "replayed-peer-accepted" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "replayed-peer-accepted" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "replayed-peer-accepted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::TakesRepeatedWords),
};
