//! The management of keys has no plan for their compromise.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-key-compromise-unplanned",
    kind: Kind::Documentation,
    summary: "The management of keys has no plan for their compromise",
    changes: &[Change { unit: "5.5-8-1:a", verdict: "FAIL", code: "life-cycle-incomplete" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        " Compromise: plan of the security office with revocation, a second update key kept in reserve, and information of users.",
        "",
    )?;
    folder.replace("ixit.toml", "\"expiry\", \"compromise\"]", "\"expiry\"]")
}
