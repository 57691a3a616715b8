//! The device never looks for updates.

use crate::behaviour::updates::LookRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-never-looked-for",
    kind: Kind::Device,
    summary: "The device never looks for updates",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "INCONCLUSIVE", code: "update-not-asked-for" },
        Change { unit: "5.3-2-2:b", verdict: "INCONCLUSIVE", code: "update-not-asked-for" },
        Change { unit: "5.5-1-2:a", verdict: "INCONCLUSIVE", code: "device-made-no-connection" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-not-played" },
        Change { unit: "plus-cloned-peer", verdict: "INCONCLUSIVE", code: "plus-peer-not-played" },
        Change { unit: "plus-update-endless", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-freeze", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-mix", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.looks = LookRule::Never),
};
