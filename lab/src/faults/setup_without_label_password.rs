//! The set-up page needs no password of the label.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-without-label-password",
    kind: Kind::Device,
    summary: "The set-up page needs no password of the label",
    changes: &[
        Change { unit: "5.1-1-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.1-1-2:c", verdict: "INCONCLUSIVE", code: "label-not-accepted" },
        Change { unit: "5.1-2-2:a", verdict: "INCONCLUSIVE", code: "label-not-accepted" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "replaced-value-not-seen" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "replaced-value-not-seen" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-without-login" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.open_setup = true),
};
