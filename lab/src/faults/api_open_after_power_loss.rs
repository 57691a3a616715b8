//! After a loss of power the API tells the status without a token.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-open-after-power-loss",
    kind: Kind::Device,
    summary: "After a loss of power the API tells the status without a token",
    changes: &[
        Change { unit: "5.9-1-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
        Change { unit: "5.9-2-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.opens_api = true),
};
