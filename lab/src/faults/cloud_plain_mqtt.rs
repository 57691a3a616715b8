//! The device talks to its cloud without TLS.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-plain-mqtt",
    kind: Kind::Device,
    summary: "The device talks to its cloud without TLS",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        // Without TLS nothing names the peer of a flow whose name was asked before the capture.
        Change { unit: "5.9-3-2:a", verdict: "INCONCLUSIVE", code: "too-few-tries" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-not-played" },
        Change { unit: "plus-cloned-peer", verdict: "INCONCLUSIVE", code: "plus-peer-not-played" },
        Change {
            unit: "plus-local-priority",
            verdict: "INCONCLUSIVE",
            code: "plus-orders-service-not-taken",
        },
        Change { unit: "plus-remote-stop", verdict: "INCONCLUSIVE", code: "plus-orders-service-not-taken" },
        Change { unit: "plus-replay", verdict: "INCONCLUSIVE", code: "plus-orders-service-not-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::Plain),
};
