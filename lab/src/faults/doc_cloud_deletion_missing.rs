//! No function is declared that removes personal data from the cloud.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-deletion-missing",
    kind: Kind::Documentation,
    summary: "No function is declared that removes personal data from the cloud",
    changes: &[
        Change { unit: "5.11-2-1:a", verdict: "FAIL", code: "no-removal-from-services" },
        Change { unit: "5.11-2-1:b", verdict: "FAIL", code: "service-not-covered" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "target_type = \"personal data on associated services\"",
        "target_type = \"user data on the device\"",
    )?;
    folder.replace(
        "ixit.toml",
        "description = \"Deletion of the account with all personal data in the maker's cloud: account data, copies of schedules, usage history sent.\"",
        "description = \"Takes the link to the account off the device; destroyed with its key.\"",
    )?;
    folder.replace(
        "ixit.toml",
        "covers = [\"personal-data\"]\nservices = [\"Hinode Home cloud\"]",
        "covers = [\"personal-data\"]",
    )
}
