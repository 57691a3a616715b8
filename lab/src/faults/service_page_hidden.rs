//! A service page is shown to anybody, and nobody tells of it.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "service-page-hidden",
    kind: Kind::Device,
    summary: "A service page is shown to anybody, and neither the declaration nor the manual tells of it",
    changes: &[Change {
        unit: "plus-maintenance-mode",
        verdict: "FAIL",
        code: "plus-maintenance-page-untold",
    }],
    apply: Apply::Device(|behaviour| behaviour.holes.service_page = true),
};
