//! By its declaration the device starts updates by itself, and has no automatic updates.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-start-contradicted",
    kind: Kind::Documentation,
    summary: "By its declaration the device starts updates by itself, and has no automatic updates",
    changes: &[
        Change { unit: "5.3-3-1:a", verdict: "FAIL", code: "no-simple-update-declared" },
        Change { unit: "5.3-4-1:a", verdict: "FAIL", code: "update-needs-the-user" },
        Change { unit: "5.3-4-1:b", verdict: "FAIL", code: "update-start-contradicted" },
        Change { unit: "5.3-6-1:a", verdict: "FAIL", code: "update-start-contradicted" },
        Change { unit: "5.3-6-1:b", verdict: "FAIL", code: "update-start-contradicted" },
        Change { unit: "5.3-6-1:c", verdict: "FAIL", code: "update-start-contradicted" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "network_based = true, automatic = true",
        "network_based = true, automatic = false",
    )?;
    folder.replace(
        "ixit.toml",
        "started_by = [\"automatic\", \"device-interface\"]",
        "started_by = [\"automatic\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "A logged-in user can start it at once with one button in the web interface.",
        "Nothing is installed without a user.",
    )
}
