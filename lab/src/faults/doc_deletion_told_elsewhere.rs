//! The document that is declared to tell how data are deleted speaks of other things.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-deletion-told-elsewhere",
    kind: Kind::Documentation,
    summary: "The document that is declared to tell how data are deleted speaks of other things",
    changes: &[Change { unit: "5.11-3-1:b", verdict: "FAIL", code: "deletion-not-told" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "documentation_of_deletion = { kind = \"url\", place = \"http://www.hinode.example/privacy/deletion\" }",
        "documentation_of_deletion = { kind = \"document\", place = \"documents/privacy.md\" }",
    )
}
