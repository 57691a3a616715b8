//! By its declaration updates are not guaranteed to be authentic.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-without-authenticity",
    kind: Kind::Documentation,
    summary: "By its declaration updates are not guaranteed to be authentic",
    changes: &[
        Change { unit: "5.3-7-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.3-9-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.3-10-1:a", verdict: "FAIL", code: "guarantee-missing" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"integrity\", \"authenticity\", \"confidentiality\", \"anti-rollback\"]",
        "security_guarantees = [\"integrity\", \"confidentiality\", \"anti-rollback\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "
guarantees = [\"integrity\", \"authenticity\", \"confidentiality\", \"anti-rollback\"]",
        "
guarantees = [\"integrity\", \"confidentiality\", \"anti-rollback\"]",
    )
}
