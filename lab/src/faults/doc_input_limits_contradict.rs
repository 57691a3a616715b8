//! The declared limits of a temperature are such that no value keeps them.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-input-limits-contradict",
    kind: Kind::Documentation,
    summary: "The declared limits of a temperature are such that no value keeps them",
    changes: &[Change { unit: "5.13-1-1:b", verdict: "FAIL", code: "input-limits-contradict" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "shown_at = \"/api/status\", fields = [{ name = \"target_celsius\", kind = \"integer\", value = \"44\", least = 32, most = 60 }]", "shown_at = \"/api/status\", fields = [{ name = \"target_celsius\", kind = \"integer\", value = \"44\", least = 62, most = 60 }]")
}
