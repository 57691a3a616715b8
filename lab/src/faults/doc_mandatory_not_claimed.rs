//! The ICS does not claim a mandatory provision that applies.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-mandatory-not-claimed",
    kind: Kind::Documentation,
    summary: "The ICS does not claim a mandatory provision that applies",
    changes: &[
        Change { unit: "5.3-16-1:a", verdict: "N/A", code: "not-claimed" },
        Change { unit: "5.3-16-2:a", verdict: "N/A", code: "not-claimed" },
        Change { unit: "5.3-16-2:b", verdict: "N/A", code: "not-claimed" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ics.toml",
        "[provision.\"5.3-16\"]\nsupport = \"Y\"",
        "[provision.\"5.3-16\"]\nsupport = \"N\"",
    )
}
