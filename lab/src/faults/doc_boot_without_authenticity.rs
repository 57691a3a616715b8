//! The boot chain is declared to find damage, and not to tell whose software it starts.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-boot-without-authenticity",
    kind: Kind::Documentation,
    summary: "The boot chain is declared to find damage, and not to tell whose software it starts",
    changes: &[Change { unit: "5.7-1-1:a", verdict: "FAIL", code: "boot-guarantees-too-little" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"integrity\", \"authenticity\"]\ndetection_mechanisms",
        "security_guarantees = [\"integrity\"]\ndetection_mechanisms",
    )?;
    folder.replace(
        "ixit.toml",
        "host = \"*\" }]\nguarantees = [\"integrity\", \"authenticity\"]\n\n# Table 21",
        "host = \"*\" }]\nguarantees = [\"integrity\"]\n\n# Table 21",
    )
}
