//! The supplier does not confirm that critical parameters are managed as described.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-secure-management-not-confirmed",
    kind: Kind::Documentation,
    summary: "The supplier does not confirm that critical parameters are managed as described",
    changes: &[Change { unit: "5.5-8-1:b", verdict: "FAIL", code: "confirmation-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "confirmation_of_secure_management = true",
        "confirmation_of_secure_management = false",
    )
}
