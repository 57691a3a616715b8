//! Discovery is declared to have no measure for an orderly connection.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-resilience-untold",
    kind: Kind::Documentation,
    summary: "Discovery is declared to have no measure for an orderly connection",
    changes: &[
        Change { unit: "5.9-3-1:a", verdict: "FAIL", code: "measures-denied" },
        Change { unit: "5.9-3-1:b", verdict: "FAIL", code: "measures-denied" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "resilience_measures = \"Announcements and answers keep",
        "interfaces = [\"Intf-Lan\", \"Intf-Mdns\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "interfaces = [\"Intf-Lan\", \"Intf-Mdns\"]",
        "resilience_measures = \"None\"\ninterfaces = [\"Intf-Lan\", \"Intf-Mdns\"]",
    )
}
