//! A loss of the network during an installation leaves the emergency system of the boot loader.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-half-installed-after-network-loss",
    kind: Kind::Device,
    summary: "A loss of the network during an installation leaves the emergency system of the boot loader",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "failed-update-left-halfway" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "failed-update-left-halfway" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.network_loss_halves_it = true),
};
