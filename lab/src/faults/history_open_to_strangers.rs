//! The usage history is shown to anybody.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "history-open-to-strangers",
    kind: Kind::Device,
    summary: "The usage history is shown to anybody",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-without-login" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-without-login" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.open_history = true),
};
