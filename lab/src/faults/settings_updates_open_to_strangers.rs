//! How updates install can be changed without a login.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-updates-open-to-strangers",
    kind: Kind::Device,
    summary: "How updates install can be changed without a login",
    changes: &[
        Change { unit: "5.3-6-2:b", verdict: "FAIL", code: "setting-open-to-strangers" },
        Change { unit: "5.3-6-2:d", verdict: "FAIL", code: "setting-open-to-strangers" },
    ],
    apply: Apply::Device(|behaviour| behaviour.settings.updates_open_to_strangers = true),
};
