//! By its declaration updates are automatic, and start only when the user presses a button.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-updates-called-automatic",
    kind: Kind::Documentation,
    summary: "By its declaration updates are automatic, and start only when the user presses a button",
    changes: &[
        Change { unit: "5.3-4-1:a", verdict: "FAIL", code: "update-needs-the-user" },
        Change { unit: "5.3-6-1:a", verdict: "FAIL", code: "update-start-contradicted" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "started_by = [\"automatic\", \"device-interface\"]",
        "started_by = [\"device-interface\"]",
    )?;
    folder.replace("ixit.toml", "Automatic: found, loaded and installed between 2 and 4 in the night if nobody uses hot water; no user is needed. A logged-in user can start it at once with one button", "A logged-in user starts it with one button")
}
