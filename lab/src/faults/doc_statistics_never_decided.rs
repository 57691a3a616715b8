//! The decision on usage statistics is declared with one option, so that nothing is decided.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-statistics-never-decided",
    kind: Kind::Documentation,
    summary: "The decision on usage statistics is declared with one option, so that nothing is decided",
    changes: &[
        Change { unit: "5.12-1-1:a", verdict: "FAIL", code: "nothing-to-decide" },
        Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-options-differ" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "options = [\"off (default)\", \"on\"]\ntriggered_by = \"Fifth",
        "options = [\"off (default)\"]\ntriggered_by = \"Fifth",
    )?;
    folder.replace(
        "ixit.toml",
        "security_relevant = false\nchoices = [{ option = \"off\", default = true }, { option = \"on\" }]",
        "security_relevant = false\nchoices = [{ option = \"off\", default = true }]",
    )
}
