//! By its declaration the user has to look for updates.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-updates-looked-for-by-user",
    kind: Kind::Documentation,
    summary: "By its declaration the user has to look for updates",
    changes: &[
        Change { unit: "5.3-4-1:a", verdict: "FAIL", code: "update-needs-the-user" },
        Change { unit: "5.3-5-1:a", verdict: "FAIL", code: "no-update-check-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "checked_by = \"device\"", "checked_by = \"user\"")?;
    folder.replace("ixit.toml", "The device asks the update service shortly after power-on, so also right after set-up, and then every 24 h.", "The user presses Search for updates, after set-up and then every day.")
}
