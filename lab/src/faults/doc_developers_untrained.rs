//! The development process trains nobody.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-developers-untrained",
    kind: Kind::Documentation,
    summary: "The development process trains nobody",
    changes: &[Change { unit: "5.6-9-1:a", verdict: "FAIL", code: "development-topic-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Training: each developer yearly in secure coding, on joining before the first change. ",
        "",
    )?;
    folder.replace("ixit.toml", "covers = [\"training\", ", "covers = [")
}
