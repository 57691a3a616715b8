//! The set-up does not ask about usage statistics.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-setup-omits-decision",
    kind: Kind::Device,
    summary: "The set-up does not ask about usage statistics",
    changes: &[
        Change { unit: "5.12-1-2:b", verdict: "FAIL", code: "decision-not-asked" },
        Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-not-asked" },
    ],
    apply: Apply::Device(|behaviour| behaviour.settings.set_up_omits_statistics = true),
};
