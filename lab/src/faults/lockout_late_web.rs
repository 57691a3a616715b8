//! The web login locks after 20 wrong credentials instead of 5.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-late-web",
    kind: Kind::Device,
    summary: "The web login locks after 20 wrong credentials instead of 5",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "declared-defence-not-seen" }],
    apply: Apply::Device(|behaviour| behaviour.web_lockout = Some(20)),
};
