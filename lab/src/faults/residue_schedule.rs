//! After the reset the schedule of the former user is still there.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-schedule",
    kind: Kind::Device,
    summary: "After the reset the schedule of the former user is still there",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "user-data-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-data-left" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.keeps_schedule = true),
};
