//! The IXIT declares another model designation than the one that the device tells.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-designation-other",
    kind: Kind::Documentation,
    summary: "The IXIT declares another model designation than the one that the device tells",
    changes: &[
        Change { unit: "5.3-16-1:a", verdict: "FAIL", code: "designation-differs-from-statement" },
        Change { unit: "5.3-16-2:b", verdict: "FAIL", code: "designation-differs" },
    ],
    apply: Apply::Documentation(|folder| {
        folder.replace(
            "ixit.toml",
            "designation = { text = \"HK-100\",",
            "designation = { text = \"HK-200\",",
        )
    }),
};
