//! The device restarts as after an update, with the software of before.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-installed-in-words-alone",
    kind: Kind::Device,
    summary: "The device restarts as after an update, with the software of before",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "INCONCLUSIVE", code: "authentic-update-not-installed" },
        Change { unit: "5.3-2-2:b", verdict: "INCONCLUSIVE", code: "authentic-update-not-installed" },
        Change { unit: "plus-update-endless", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-freeze", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
        Change { unit: "plus-update-mix", verdict: "INCONCLUSIVE", code: "plus-update-no-control" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.installs_nothing = true),
};
