//! The client of the cloud link is honestly declared not to be reviewed.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-link-not-reviewed",
    kind: Kind::Documentation,
    summary: "The client of the cloud link is honestly declared not to be reviewed",
    changes: &[
        Change { unit: "5.5-2-1:a", verdict: "FAIL", code: "implementation-not-reviewed" },
        Change { unit: "5.5-2-1:b", verdict: "FAIL", code: "implementation-not-reviewed" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Peer review at each change, static analysis, and fuzzing of both parsers; code review by the outside party, scope: parsers, reconnection, checks of orders.", "Not reviewed; planned for the next release.")?;
    folder.replace("ixit.toml", "review = { done = true, by = [\"own-team\", \"third-party\"], version = \"1.4.2\", covers = [\"parsers\", \"reconnection\", \"checks of orders\"], report = \"security-review.md\" }", "review = { done = false }")
}
