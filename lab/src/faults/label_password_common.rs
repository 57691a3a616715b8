//! The passwords on the labels are such as everybody tries first.

use crate::behaviour::LabelPassword;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-common",
    kind: Kind::Device,
    summary: "The passwords on the labels are such as everybody tries first",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-common" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-common" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_password = LabelPassword::Common),
};
