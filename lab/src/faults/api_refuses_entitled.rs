//! Whoever has a good token of the API is refused.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-refuses-entitled",
    kind: Kind::Device,
    summary: "Whoever has a good token of the API is refused",
    changes: &[Change { unit: "5.5-4-2:b", verdict: "FAIL", code: "entitled-refused" }],
    apply: Apply::Device(|behaviour| behaviour.holes.refuses_entitled = true),
};
