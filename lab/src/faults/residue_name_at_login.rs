//! After the reset the login page greets with the name that the former user gave.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-name-at-login",
    kind: Kind::Device,
    summary: "After the reset the login page greets with the name that the former user gave",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "user-data-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-data-left" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.name_in_title = true),
};
