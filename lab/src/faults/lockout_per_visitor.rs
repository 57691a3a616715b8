//! The web login counts failures for each cookie, so a new visit goes on guessing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "lockout-per-visitor",
    kind: Kind::Device,
    summary: "The web login counts failures for each cookie, so a new visit goes on guessing",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "declared-defence-not-seen" }],
    apply: Apply::Device(|behaviour| behaviour.lockout_per_visitor = true),
};
