//! The API answers nothing while no name can be looked up.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-needs-names",
    kind: Kind::Device,
    summary: "The API answers nothing while no name can be looked up",
    changes: &[
        Change { unit: "5.9-1-2:a", verdict: "FAIL", code: "local-function-lost-in-outage" },
        Change { unit: "5.9-2-2:a", verdict: "FAIL", code: "local-function-lost-in-outage" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.api_needs_names = true),
};
