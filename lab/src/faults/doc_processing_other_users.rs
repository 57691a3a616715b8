//! The IXIT declares users of the account data whom the maker's page does not name.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-processing-other-users",
    kind: Kind::Documentation,
    summary: "The IXIT declares users of the account data whom the maker's page does not name",
    changes: &[Change { unit: "6-1-2:b", verdict: "FAIL", code: "processing-told-otherwise" }],
    apply: Apply::Documentation(|folder| {
        folder.replace(
            "ixit.toml",
            "by = [\"cloud operations\", \"customer service\"]",
            "by = [\"cloud operations\", \"advertising partners\"]",
        )
    }),
};
