//! A session of the web interface goes on after the logout.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "session-survives-logout",
    kind: Kind::Device,
    summary: "A session of the web interface goes on after the logout",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "access-after-logout" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "access-after-logout" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.session_outlives_logout = true),
};
