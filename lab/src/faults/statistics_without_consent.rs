//! The device sends usage statistics that nobody agreed to, in the clear.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "statistics-without-consent",
    kind: Kind::Device,
    summary: "The device sends usage statistics that nobody agreed to, in the clear",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "planted-data-in-clear" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "peer-may-reach-in" },
        Change { unit: "6-2-2:a", verdict: "FAIL", code: "data-before-consent" },
        Change { unit: "6-3-2:a", verdict: "FAIL", code: "data-before-consent" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.early_statistics = true),
};
