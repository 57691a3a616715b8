//! The passwords on the labels are shorter than declared.

use crate::behaviour::LabelPassword;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-short",
    kind: Kind::Device,
    summary: "The passwords on the labels are shorter than declared",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-outside-generator" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-outside-generator" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_password = LabelPassword::Short),
};
