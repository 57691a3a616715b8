//! The package of another model is installed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-other-model-installed",
    kind: Kind::Device,
    summary: "The package of another model is installed",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "foreign-update-installed" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "foreign-update-installed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.takes_other_models = true),
};
