//! The reset says that all was deleted, and deletes nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-only-said",
    kind: Kind::Device,
    summary: "The reset says that all was deleted, and deletes nothing",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "user-data-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-data-left" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.only_said = true),
};
