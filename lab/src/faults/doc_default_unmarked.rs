//! The decision on usage statistics is declared without a default.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-default-unmarked",
    kind: Kind::Documentation,
    summary: "The decision on usage statistics is declared without a default",
    changes: &[Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-default-differs" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "options = [\"off (default)\", \"on\"]\ntriggered_by = \"Fifth",
        "options = [\"off\", \"on\"]\ntriggered_by = \"Fifth",
    )?;
    folder.replace(
        "ixit.toml",
        "security_relevant = false\nchoices = [{ option = \"off\", default = true }, { option = \"on\" }]",
        "security_relevant = false\nchoices = [{ option = \"off\" }, { option = \"on\" }]",
    )
}
