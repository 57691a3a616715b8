//! The IXIT names no place where the sensors are documented.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-sensors-unpublished",
    kind: Kind::Documentation,
    summary: "The IXIT names no place where the sensors are documented",
    changes: &[
        Change { unit: "5.8-3-1:a", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "5.8-3-1:b", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ixit.toml", "documentation_of_sensors = \"http", "documentation_of_secure_setup = \"http")?;
    folder.cut("ixit.toml", "documentation_of_sensors = { kind", "documentation_of_secure_setup = { kind")
}
