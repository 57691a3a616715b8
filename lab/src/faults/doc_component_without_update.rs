//! The firmware of the bus processor cannot be updated, for neither of the reasons that excuse it.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-component-without-update",
    kind: Kind::Documentation,
    summary: "The firmware of the bus processor cannot be updated, for neither of the reasons that excuse it",
    changes: &[
        Change { unit: "5.5-3-1:a", verdict: "FAIL", code: "cryptography-without-update" },
        Change { unit: "5.3-1-1:a", verdict: "FAIL", code: "missing-update-not-excused" },
        Change { unit: "5.3-3-1:a", verdict: "FAIL", code: "component-without-update" },
        Change { unit: "5.3-4-1:a", verdict: "FAIL", code: "component-without-update" },
        Change { unit: "5.3-5-1:a", verdict: "FAIL", code: "component-without-update" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "It checks the authentication codes of the frames.\"
update_mechanism = [\"UpdMech-Cloud\"]",
        "It checks the authentication codes of the frames. It is not updated, as nobody planned for it.\"
update_mechanism = []
no_update_reason = \"other\"",
    )
}
