//! Until when a list is valid is not looked at: what the maker once signed is installed for ever.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-stale-installed",
    kind: Kind::Device,
    summary: "Until when a list is valid is not looked at: what the maker once signed is installed for ever",
    changes: &[Change { unit: "plus-update-freeze", verdict: "FAIL", code: "plus-update-stale-installed" }],
    apply: Apply::Device(|behaviour| behaviour.updates.ignores_expiry = true),
};
