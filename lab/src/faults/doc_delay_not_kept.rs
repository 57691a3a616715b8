//! A delay of each answer to a wrong credential is declared, and the device answers at once.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-delay-not-kept",
    kind: Kind::Documentation,
    summary: "A delay of each answer to a wrong credential is declared, and the device answers at once",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "declared-delay-not-seen" }],
    apply: Apply::Documentation(|folder| {
        folder.replace_all(
            "ixit.toml",
            "failures = 5, lockout_seconds = 2 }",
            "failures = 5, lockout_seconds = 2, delay_seconds = 3 }",
        )
    }),
};
