//! By its declaration the device verifies an update after it has installed it.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-installed-before-check",
    kind: Kind::Documentation,
    summary: "By its declaration the device verifies an update after it has installed it",
    changes: &[
        Change { unit: "5.3-1-1:b", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-2-1:a", verdict: "FAIL", code: "update-attack-not-stopped" },
        Change { unit: "5.3-7-1:b", verdict: "FAIL", code: "declared-guarantee-not-delivered" },
        Change { unit: "5.3-9-1:a", verdict: "FAIL", code: "update-installed-before-check" },
        Change { unit: "5.3-9-1:b", verdict: "FAIL", code: "update-installed-before-check" },
        Change { unit: "5.3-10-1:a", verdict: "FAIL", code: "update-installed-before-check" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "verified_before_installation = true",
        "verified_before_installation = false",
    )?;
    folder.replace("ixit.toml", "over HTTPS, checks signature, model and version, writes it to the partition not in use, checks it again and starts it", "over HTTPS, writes it to the partition not in use and starts it")
}
