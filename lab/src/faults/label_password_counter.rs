//! The passwords on the labels begin alike and end in a counter.

use crate::behaviour::LabelPassword;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-counter",
    kind: Kind::Device,
    summary: "The passwords on the labels begin alike and end in a counter",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-regular" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-regular" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_password = LabelPassword::Counter),
};
