//! The identity of the device is declared to be part of the software image.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-identity-in-image",
    kind: Kind::Documentation,
    summary: "The identity of the device is declared to be part of the software image",
    changes: &[
        Change { unit: "5.4-2-1:c", verdict: "FAIL", code: "identity-in-software" },
        Change { unit: "5.4-4-1:b", verdict: "FAIL", code: "value-is-shared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Written into the secure element at production and registered at the cloud over mutually authenticated TLS; the programming station keeps no copy.", "Part of the software image; registered at the cloud over mutually authenticated TLS.")?;
    folder.replace(
        "ixit.toml",
        "content = \"token\"\nprovisioning = { way = \"production\" }",
        "content = \"token\"\nprovisioning = { way = \"image\" }",
    )
}
