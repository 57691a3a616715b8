//! The target temperature is changed by a form without a session.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-post-without-session",
    kind: Kind::Device,
    summary: "The target temperature is changed by a form without a session",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-without-login" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-without-login" },
        Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "unexpected-input-processed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.open_settings_form = true),
};
