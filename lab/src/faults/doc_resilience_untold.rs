//! Discovery is declared without any measure for an orderly connection.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-resilience-untold",
    kind: Kind::Documentation,
    summary: "Discovery is declared without any measure for an orderly connection",
    changes: &[
        Change { unit: "5.9-3-1:a", verdict: "INCONCLUSIVE", code: "field-empty" },
        Change { unit: "5.9-3-1:b", verdict: "INCONCLUSIVE", code: "field-empty" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "resilience_measures = \"Announcements and answers keep",
        "interfaces = [\"Intf-Lan\", \"Intf-Mdns\"]",
    )
}
