//! Every unit has the same password on its label.

use crate::behaviour::LabelPassword;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-same-on-all",
    kind: Kind::Device,
    summary: "Every unit has the same password on its label",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-shared" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-shared" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_password = LabelPassword::SameOnAll),
};
