//! Usage statistics go on being sent after they were switched off.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "consent-withdrawal-ignored",
    kind: Kind::Device,
    summary: "Usage statistics go on being sent after they were switched off",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "planted-data-in-clear" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "peer-may-reach-in" },
        Change { unit: "6-3-2:a", verdict: "FAIL", code: "data-after-withdrawal" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.settings.withdrawal_ignored = true),
};
