//! The supplier does not confirm that updates are published as described.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-procedures-not-confirmed",
    kind: Kind::Documentation,
    summary: "The supplier does not confirm that updates are published as described",
    changes: &[Change { unit: "5.3-8-1:b", verdict: "FAIL", code: "confirmation-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "confirmation_of_update_procedures = true",
        "confirmation_of_update_procedures = false",
    )
}
