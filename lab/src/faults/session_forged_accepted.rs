//! Any cookie of the right form is a session of the web interface.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "session-forged-accepted",
    kind: Kind::Device,
    summary: "Any cookie of the right form is a session of the web interface",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "invalid-credential-admitted" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "invalid-credential-admitted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.any_session = true),
};
