//! No mechanism is declared that keeps services from data that they need not know.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-secrets-open-to-services",
    kind: Kind::Documentation,
    summary: "No mechanism is declared that keeps services from data that they need not know",
    changes: &[Change { unit: "5.6-7-1:a", verdict: "FAIL", code: "principle-not-covered" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "let a service see its own files only; need to know: password hashes are visible to the login service, keys to the key service.\"\ncovers = [\"need-to-know\"]",
        "bar what a service never calls; every service may read every file.\"\ncovers = [\"least-privilege\"]",
    )
}
