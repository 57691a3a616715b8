//! By its declaration the device takes older versions.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-older-taken",
    kind: Kind::Documentation,
    summary: "By its declaration the device takes older versions",
    changes: &[
        Change { unit: "5.3-1-1:b", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-2-1:a", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-7-1:b", verdict: "FAIL", code: "declared-guarantee-not-delivered" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "anti_rollback = true", "anti_rollback = false")?;
    folder.replace(
        "ixit.toml",
        " A counter in one-time memory refuses older versions.",
        " Older versions are taken as well.",
    )
}
