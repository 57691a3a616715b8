//! By its declaration the device takes updates for another model.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-any-model",
    kind: Kind::Documentation,
    summary: "By its declaration the device takes updates for another model",
    changes: &[
        Change { unit: "5.3-1-1:b", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-2-1:a", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-9-1:a", verdict: "FAIL", code: "update-for-any-model" },
        Change { unit: "5.3-10-1:a", verdict: "FAIL", code: "update-for-any-model" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "bound_to_model = true", "bound_to_model = false")?;
    folder.replace(
        "ixit.toml",
        "checks signature, model and version, writes",
        "checks signature and version, writes",
    )?;
    folder.replace(
        "ixit.toml",
        "it names model, version and the SHA-512 value",
        "it names version and the SHA-512 value",
    )
}
