//! The deletion of the account is declared to reach the update service, and not the cloud that keeps the data.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-account-kept-in-cloud",
    kind: Kind::Documentation,
    summary: "The deletion of the account is declared to reach the update service, and not the cloud that keeps the data",
    changes: &[Change { unit: "5.11-2-1:b", verdict: "FAIL", code: "service-not-covered" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "description = \"Deletion of the account with all personal data in the maker's cloud: account data, copies of schedules, usage history sent.\"",
        "description = \"Deletion of what the update service knows of the device.\"",
    )?;
    folder.replace(
        "ixit.toml",
        "covers = [\"personal-data\"]\nservices = [\"Hinode Home cloud\"]",
        "covers = [\"personal-data\"]\nservices = [\"Hinode update service\"]",
    )
}
