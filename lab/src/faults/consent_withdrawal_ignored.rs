//! Usage statistics go on being sent after they were switched off.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "consent-withdrawal-ignored",
    kind: Kind::Device,
    summary: "Usage statistics go on being sent after they were switched off",
    changes: &[Change { unit: "6-3-2:a", verdict: "FAIL", code: "data-after-withdrawal" }],
    apply: Apply::Device(|behaviour| behaviour.settings.withdrawal_ignored = true),
};
