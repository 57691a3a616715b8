//! The device talks to its cloud without TLS when three handshakes in a row have failed.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-falls-back-in-the-end",
    kind: Kind::Device,
    summary: "The device talks to its cloud without TLS when three handshakes in a row have failed",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-without-trust" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::FallsBackInTheEnd),
};
