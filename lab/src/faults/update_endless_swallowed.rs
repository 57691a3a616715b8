//! What comes as an update is read to its end, however long it is, and refused only then.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-endless-swallowed",
    kind: Kind::Device,
    summary: "What comes as an update is read to its end, however long it is, and refused only then",
    changes: &[Change {
        unit: "plus-update-endless",
        verdict: "FAIL",
        code: "plus-update-endless-swallowed",
    }],
    apply: Apply::Device(|behaviour| behaviour.updates.reads_on = true),
};
