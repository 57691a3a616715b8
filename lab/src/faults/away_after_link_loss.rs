//! After a loss of the link the device stays away until it is switched off and on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "away-after-link-loss",
    kind: Kind::Device,
    summary: "After a loss of the link the device stays away until it is switched off and on",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "no-return-after-failed-update" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "no-return-after-failed-update" },
        Change { unit: "5.9-1-2:a", verdict: "FAIL", code: "not-back-after-outage" },
        Change { unit: "5.9-1-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.9-2-2:a", verdict: "FAIL", code: "not-back-after-outage" },
        Change { unit: "5.9-2-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.9-3-2:a", verdict: "INCONCLUSIVE", code: "too-few-tries" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.stays_away = true),
};
