//! The password on the label is the MAC address.

use crate::behaviour::LabelPassword;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-from-mac",
    kind: Kind::Device,
    summary: "The password on the label is the MAC address",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-from-identifier" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-from-identifier" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_password = LabelPassword::FromMac),
};
