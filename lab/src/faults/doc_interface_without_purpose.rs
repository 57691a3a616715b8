//! An enabled interface is declared without the purpose that would justify it.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-interface-without-purpose",
    kind: Kind::Documentation,
    summary: "An enabled interface is declared without the purpose that would justify it",
    changes: &[Change { unit: "5.6-1-1:a", verdict: "FAIL", code: "no-justification" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ixit.toml", "description = \"Logical interface of discovery by multicast DNS", "type = [\"network\", \"logical\"]\nstatus = \"enabled\"\ndisclosed_information = [\"model (not security-relevant)\", \"host name")
}
