//! What the reset deleted is there again after the next set-up.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-back-after-setup",
    kind: Kind::Device,
    summary: "What the reset deleted is there again after the next set-up",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "user-data-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-data-left" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.comes_back = true),
};
