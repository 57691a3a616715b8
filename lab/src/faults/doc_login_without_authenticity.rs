//! The web login is declared without authenticity among its guarantees.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-without-authenticity",
    kind: Kind::Documentation,
    summary: "The web login is declared without authenticity among its guarantees",
    changes: &[Change { unit: "5.1-3-1:a", verdict: "FAIL", code: "guarantee-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "[\"integrity\", \"authenticity\", \"confidentiality\", \"replay protection\"]",
        "[\"integrity\", \"confidentiality\", \"replay protection\"]",
    )
}
