//! The API tells the status without a token.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "api-without-login",
    kind: Kind::Device,
    summary: "The API tells the status without a token",
    changes: &[
        Change { unit: "5.1-1-2:b", verdict: "INCONCLUSIVE", code: "login-not-needed" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "login-not-needed" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "login-not-needed" },
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "login-not-needed" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-without-login" },
    ],
    apply: Apply::Device(|behaviour| behaviour.open_api = true),
};
