//! The reset is refused to the user with the right password.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-refused",
    kind: Kind::Device,
    summary: "The reset is refused to the user with the right password",
    changes: &[
        Change { unit: "5.11-1-2:b", verdict: "FAIL", code: "deletion-order-refused" },
        Change { unit: "5.11-1-2:c", verdict: "INCONCLUSIVE", code: "deletion-not-carried-out" },
        Change { unit: "plus-ownership", verdict: "INCONCLUSIVE", code: "plus-ownership-not-reset" },
    ],
    apply: Apply::Device(|behaviour| behaviour.deletion.refused = true),
};
