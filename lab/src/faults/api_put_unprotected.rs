//! The target temperature is taken from programs without a token.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-put-unprotected",
    kind: Kind::Device,
    summary: "The target temperature is taken from programs without a token",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-without-login" },
        Change { unit: "5.13-1-2:a", verdict: "FAIL", code: "unexpected-input-processed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.open_put = true),
};
