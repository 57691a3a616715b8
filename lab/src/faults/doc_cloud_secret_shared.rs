//! The secret by which devices authenticate against the cloud is declared to be the same in all of them.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-secret-shared",
    kind: Kind::Documentation,
    summary: "The secret by which devices authenticate against the cloud is declared to be the same in all of them",
    changes: &[
        Change { unit: "5.5-4-1:b", verdict: "FAIL", code: "credential-the-same-everywhere" },
        Change { unit: "5.4-4-1:b", verdict: "FAIL", code: "value-is-shared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "24 characters out of 54, one for each unit; nothing is derived from a common secret or from the serial number, so that one opened unit tells nothing about another.",
        "24 characters out of 54, drawn once and written into every unit of the model.",
    )?;
    folder.replace(
        "ixit.toml",
        "(about 138 bit), one for each unit and registered at the cloud",
        "(about 138 bit), the same for all units",
    )?;
    folder.replace(
        "ixit.toml",
        "bits = 138, unique_per_device = true",
        "bits = 138, unique_per_device = false",
    )
}
