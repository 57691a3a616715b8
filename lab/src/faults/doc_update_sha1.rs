//! The image of an update is declared to be checked by its SHA-1 value.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-sha1",
    kind: Kind::Documentation,
    summary: "The image of an update is declared to be checked by its SHA-1 value",
    changes: &[
        Change { unit: "5.3-7-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.3-7-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "and the SHA-512 value of the image", "and the SHA-1 value of the image")?;
    folder.replace(
        "ixit.toml",
        "{ purpose = \"integrity\", primitive = \"SHA-512\" }",
        "{ purpose = \"integrity\", primitive = \"SHA-1\" }",
    )
}
