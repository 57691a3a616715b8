//! An older version is installed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-older-installed",
    kind: Kind::Device,
    summary: "An older version is installed",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "older-update-installed" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "older-update-installed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.takes_older = true),
};
