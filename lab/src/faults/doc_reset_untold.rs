//! The factory reset is declared without a word of what it does to the data.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-reset-untold",
    kind: Kind::Documentation,
    summary: "The factory reset is declared without a word of what it does to the data",
    changes: &[
        Change { unit: "5.11-1-1:b", verdict: "INCONCLUSIVE", code: "field-empty" },
        Change { unit: "5.11-1-1:a", verdict: "INCONCLUSIVE", code: "documentation-finding" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "description = \"Factory reset: deletes all user data",
        "target_type = \"user data on the device\"",
    )
}
