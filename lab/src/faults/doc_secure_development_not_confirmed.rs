//! The supplier does not confirm that software is developed as described.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-secure-development-not-confirmed",
    kind: Kind::Documentation,
    summary: "The supplier does not confirm that software is developed as described",
    changes: &[Change { unit: "5.6-9-1:b", verdict: "FAIL", code: "confirmation-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "confirmation_of_secure_development = true",
        "confirmation_of_secure_development = false",
    )
}
