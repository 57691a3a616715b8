//! The status is told to anybody who asks with POST.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-status-by-post",
    kind: Kind::Device,
    summary: "The status is told to anybody who asks with POST",
    changes: &[Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-without-login" }],
    apply: Apply::Device(|behaviour| behaviour.holes.status_by_post = true),
};
