//! The notice of an update does not say which risk the update takes away.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-notice-without-risk",
    kind: Kind::Documentation,
    summary: "The notice of an update does not say which risk the update takes away",
    changes: &[Change { unit: "5.3-11-1:b", verdict: "FAIL", code: "notice-without-risk" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "update available, the risk that it removes in two sentences, when it installs,",
        "update available, when it installs,",
    )?;
    folder.replace("ixit.toml", "notice_names_risk = true", "notice_names_risk = false")
}
