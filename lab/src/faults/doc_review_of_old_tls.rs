//! The review of the TLS library looked at an older version than the one in use.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-review-of-old-tls",
    kind: Kind::Documentation,
    summary: "The review of the TLS library looked at an older version than the one in use",
    changes: &[Change { unit: "5.5-2-1:b", verdict: "FAIL", code: "review-of-other-version" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "(Musashi Code Review Office) of the versions in use, scope:",
        "(Musashi Code Review Office) of rustls 0.21.12, scope:",
    )?;
    folder.replace(
        "ixit.toml",
        "review = { done = true, by = [\"third-party\"], version = \"0.23.35\"",
        "review = { done = true, by = [\"third-party\"], version = \"0.21.12\"",
    )
}
