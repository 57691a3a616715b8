//! The serial number is told without login, and the reason is declared to be none.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-disclosure-without-reason",
    kind: Kind::Documentation,
    summary: "The serial number is told without login, and the reason is declared to be none",
    changes: &[Change { unit: "5.6-2-1:b", verdict: "FAIL", code: "security-relevant-disclosure" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        ", reason = \"The installer compares it with the label before set-up, to set up the right one of several controllers; no secret is derived from it\"",
        ", reason = \"None\"",
    )
}
