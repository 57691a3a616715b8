//! The firmware version told without login is declared as not security-relevant.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-disclosure-unmarked",
    kind: Kind::Documentation,
    summary: "The firmware version told without login is declared as not security-relevant",
    changes: &[Change { unit: "5.6-2-1:a", verdict: "FAIL", code: "disclosure-wrongly-marked" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "firmware version (security-relevant)",
        "firmware version (not security-relevant)",
    )?;
    folder.replace(
        "ixit.toml",
        "{ item = \"firmware-version\", security_relevant = true,",
        "{ item = \"firmware-version\", security_relevant = false,",
    )
}
