//! After a loss of power the password is that of the label again.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-after-power-loss",
    kind: Kind::Device,
    summary: "After a loss of power the password is that of the label again",
    changes: &[
        Change { unit: "5.9-1-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
        Change { unit: "5.9-2-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
        Change { unit: "5.11-1-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.11-1-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.11-1-2:c", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.13-1-2:a", verdict: "INCONCLUSIVE", code: "input-control-failed" },
        Change { unit: "plus-ownership", verdict: "INCONCLUSIVE", code: "plus-ownership-unclear" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.forgets_password = true),
};
