//! The device does not look for updates when its user wants it to.

use crate::behaviour::updates::LookRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-trigger-ignored",
    kind: Kind::Device,
    summary: "The device does not look for updates when its user wants it to",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "INCONCLUSIVE", code: "update-not-asked-for" },
        Change { unit: "5.3-2-2:b", verdict: "INCONCLUSIVE", code: "update-not-asked-for" },
        Change { unit: "plus-update-endless", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-freeze", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-mix", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.looks = LookRule::NotWhenAsked),
};
