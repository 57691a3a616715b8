//! After the reset tokens of the API go on.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-tokens",
    kind: Kind::Device,
    summary: "After the reset tokens of the API go on",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "session-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-session-lets-in" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.keeps_tokens = true),
};
