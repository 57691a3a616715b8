//! The device asks for updates without TLS when a handshake has failed.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-falls-back-to-plain",
    kind: Kind::Device,
    summary: "The device asks for updates without TLS when a handshake has failed",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "update-over-plain-http" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "update-over-plain-http" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "falls-back-to-plain" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-without-trust" },
    ],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::FallsBackToPlain),
};
