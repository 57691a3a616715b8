//! The device asks for updates without TLS.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-plain-http",
    kind: Kind::Device,
    summary: "The device asks for updates without TLS",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "update-over-plain-http" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "update-over-plain-http" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "no-tls-where-declared" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-not-played" },
        Change { unit: "plus-cloned-peer", verdict: "INCONCLUSIVE", code: "plus-peer-not-played" },
    ],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::Plain),
};
