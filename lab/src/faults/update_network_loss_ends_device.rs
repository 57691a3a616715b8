//! A loss of the network during an installation leaves nothing that runs.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-network-loss-ends-device",
    kind: Kind::Device,
    summary: "A loss of the network during an installation leaves nothing that runs",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "no-return-after-failed-update" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "no-return-after-failed-update" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.network_loss_ends_it = true),
};
