//! A package without a signature is installed; one that is there is checked.

use crate::behaviour::updates::SignatureRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-unsigned-installed",
    kind: Kind::Device,
    summary: "A package without a signature is installed; one that is there is checked",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "unauthentic-update-installed" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "unauthentic-update-installed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.signature = SignatureRule::MakerIfAny),
};
