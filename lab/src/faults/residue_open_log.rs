//! After the reset a log tells anybody what was deleted.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-open-log",
    kind: Kind::Device,
    summary: "After the reset a log tells anybody what was deleted",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "user-data-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-data-left" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.open_log = true),
};
