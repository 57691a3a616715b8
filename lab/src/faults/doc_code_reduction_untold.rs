//! A technique that cuts code down is listed, and said to be none.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-code-reduction-untold",
    kind: Kind::Documentation,
    summary: "A technique that cuts code down is listed, and said to be none",
    changes: &[Change { unit: "5.6-6-1:a", verdict: "FAIL", code: "technique-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "description = \"Libraries are compiled with the features in use only",
        "\n# Table 17: privileges",
    )?;
    folder.replace(
        "ixit.toml",
        "\n# Table 17: privileges",
        "description = \"None\"\n\n# Table 17: privileges",
    )
}
