//! The password is declared to be changed with the secret of the cloud, which cannot be changed.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-change-leads-nowhere",
    kind: Kind::Documentation,
    summary: "The password is declared to be changed with the secret of the cloud, which cannot be changed",
    changes: &[Change { unit: "5.1-4-1:a", verdict: "FAIL", code: "change-leads-nowhere" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "change = { through = \"AuthMech-WebLogin\" }",
        "change = { through = \"AuthMech-Cloud\" }",
    )
}
