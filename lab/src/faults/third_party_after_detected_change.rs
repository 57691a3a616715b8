//! The device calls a third party after it has found its software changed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "third-party-after-detected-change",
    kind: Kind::Device,
    summary: "The device calls a third party after it has found its software changed",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.7-2-2:b", verdict: "FAIL", code: "calls-after-detected-change" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "peer-may-reach-in" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.stranger_after_change = true),
};
