//! The development process leaves out the software of others that the device contains.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-software-of-others-unwatched",
    kind: Kind::Documentation,
    summary: "The development process leaves out the software of others that the device contains",
    changes: &[Change { unit: "5.6-9-1:a", verdict: "FAIL", code: "development-topic-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        " Third-party software: chosen by activity and licence, listed in the bill of materials, watched by VulnMon-1, updated at each release.",
        "",
    )?;
    folder.replace("ixit.toml", "\"secure-deployment\", \"third-party-software\"]", "\"secure-deployment\"]")
}
