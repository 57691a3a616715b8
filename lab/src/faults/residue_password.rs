//! After the reset the former password lets in beside that on the label.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "residue-password",
    kind: Kind::Device,
    summary: "After the reset the former password lets in beside that on the label",
    changes: &[
        Change { unit: "5.11-1-2:c", verdict: "FAIL", code: "credential-survives-deletion" },
        Change { unit: "plus-ownership", verdict: "FAIL", code: "plus-ownership-old-credential-lets-in" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.keeps_password = true),
};
