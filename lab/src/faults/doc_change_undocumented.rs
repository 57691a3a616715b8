//! The IXIT names no place where users learn to change the password.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-change-undocumented",
    kind: Kind::Documentation,
    summary: "The IXIT names no place where users learn to change the password",
    changes: &[Change { unit: "5.1-4-1:a", verdict: "FAIL", code: "no-publication-declared" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "documentation_of_change_mechanisms = \"Set-up guide",
        "documentation_of_sensors = \"",
    )?;
    folder.cut(
        "ixit.toml",
        "documentation_of_change_mechanisms = { kind",
        "documentation_of_sensors = { kind",
    )
}
