//! The label of every unit carries the same password.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-shared",
    kind: Kind::Device,
    summary: "The label of every unit carries the same password",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "password-contradicts-generator" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "password-contradicts-generator" },
    ],
    apply: Apply::Device(|behaviour| behaviour.shared_label_password = Some("hinode12345")),
};
