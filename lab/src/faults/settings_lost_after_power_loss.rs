//! A loss of power sets the wanted temperature back.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-lost-after-power-loss",
    kind: Kind::Device,
    summary: "A loss of power sets the wanted temperature back",
    changes: &[
        Change { unit: "5.9-1-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
        Change { unit: "5.9-2-2:b", verdict: "FAIL", code: "state-worse-after-outage" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.forgets_settings = true),
};
