//! An image goes over the running software, and one that ends early leaves nothing that runs.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-truncated-ends-device",
    kind: Kind::Device,
    summary: "An image goes over the running software, and one that ends early leaves nothing that runs",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "update-leaves-device-dead" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "update-leaves-device-dead" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.overwrites_running = true),
};
