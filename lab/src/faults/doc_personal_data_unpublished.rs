//! The IXIT names no place where consumers are told of personal data.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-personal-data-unpublished",
    kind: Kind::Documentation,
    summary: "The IXIT names no place where consumers are told of personal data",
    changes: &[
        Change { unit: "6-1-1:a", verdict: "FAIL", code: "no-publication-declared" },
        Change { unit: "6-1-2:a", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "6-1-2:b", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "6-1-2:c", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "6-1-2:d", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "documentation_of_personal_data = \"http",
        "documentation_of_telemetry_data = \"http",
    )?;
    folder.cut(
        "ixit.toml",
        "documentation_of_personal_data = { kind",
        "documentation_of_telemetry_data = { kind",
    )
}
