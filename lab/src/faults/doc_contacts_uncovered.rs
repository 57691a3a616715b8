//! The serial contacts, which nobody needs, are declared to lie beside the socket without any cover.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-contacts-uncovered",
    kind: Kind::Documentation,
    summary: "The serial contacts, which nobody needs, are declared to lie beside the socket without any cover",
    changes: &[Change { unit: "5.6-3-1:a", verdict: "FAIL", code: "no-casing-protects" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "protection = \"Inside the casing, four screws under a seal. Software:",
        "protection = \"None against touch: the contacts lie open beside the socket. Software:",
    )?;
    folder.replace(
        "ixit.toml",
        "protected_by = [\"casing\", \"software-disable\"]",
        "protected_by = [\"software-disable\"]",
    )
}
