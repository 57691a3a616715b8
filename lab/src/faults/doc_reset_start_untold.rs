//! Nobody is told how the factory reset is started.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-reset-start-untold",
    kind: Kind::Documentation,
    summary: "Nobody is told how the factory reset is started",
    changes: &[Change { unit: "5.11-1-1:a", verdict: "INCONCLUSIVE", code: "field-empty" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "initiation_and_interaction = \"Web interface: Settings, Reset",
        "confirmation = \"Panel and web page say",
    )
}
