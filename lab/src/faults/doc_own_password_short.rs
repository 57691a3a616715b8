//! Passwords of three characters are declared to be taken at set-up.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-own-password-short",
    kind: Kind::Documentation,
    summary: "Passwords of three characters are declared to be taken at set-up",
    changes: &[Change { unit: "5.1-5-1:a", verdict: "FAIL", code: "guessing-is-quick" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "chosen by the user at set-up: at least 10 characters",
        "chosen by the user at set-up: at least 3 characters",
    )?;
    folder.replace(
        "ixit.toml",
        "against passwords of at least 10 characters and without default",
        "against passwords of at least 3 characters and without default",
    )?;
    folder.replace_all("ixit.toml", "least_length = 10", "least_length = 3")
}
