//! Usage statistics are on after a set-up in which nobody agreed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "consent-given-at-first",
    kind: Kind::Device,
    summary: "Usage statistics are on after a set-up in which nobody agreed",
    changes: &[Change { unit: "6-2-2:a", verdict: "FAIL", code: "consent-given-at-first" }],
    apply: Apply::Device(|behaviour| behaviour.settings.statistics_on_at_first = true),
};
