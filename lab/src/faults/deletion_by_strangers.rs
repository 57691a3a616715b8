//! The reset is carried out for anybody who asks.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-by-strangers",
    kind: Kind::Device,
    summary: "The reset is carried out for anybody who asks",
    changes: &[Change { unit: "5.11-1-2:b", verdict: "FAIL", code: "deletion-needs-less-than-declared" }],
    apply: Apply::Device(|behaviour| behaviour.deletion.from_anybody = true),
};
