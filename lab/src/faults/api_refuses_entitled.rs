//! Orders for the temperature are refused to whoever has a good token.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-refuses-entitled",
    kind: Kind::Device,
    summary: "Orders for the temperature are refused to whoever has a good token",
    changes: &[
        Change { unit: "5.5-4-2:b", verdict: "FAIL", code: "entitled-refused" },
        Change { unit: "5.13-1-2:a", verdict: "INCONCLUSIVE", code: "input-control-failed" },
        Change { unit: "plus-local-priority", verdict: "INCONCLUSIVE", code: "plus-local-not-let-in" },
        Change { unit: "plus-log-events", verdict: "INCONCLUSIVE", code: "plus-log-event-not-caused" },
        Change { unit: "plus-remote-stop", verdict: "INCONCLUSIVE", code: "plus-orders-not-finished" },
        Change { unit: "plus-replay", verdict: "INCONCLUSIVE", code: "plus-orders-not-finished" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.refuses_entitled = true),
};
