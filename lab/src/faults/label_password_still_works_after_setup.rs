//! The password of the label is let in after the set-up too.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "label-password-still-works-after-setup",
    kind: Kind::Device,
    summary: "The password of the label is let in after the set-up too",
    changes: &[
        Change { unit: "5.1-1-2:b", verdict: "FAIL", code: "pre-installed-value-still-accepted" },
        Change { unit: "5.1-4-2:b", verdict: "FAIL", code: "old-value-still-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "invalid-credential-admitted" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "invalid-credential-admitted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.label_works_on = true),
};
