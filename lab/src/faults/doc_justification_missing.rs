//! The ICS leaves out a recommendation without a reason.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-justification-missing",
    kind: Kind::Documentation,
    summary: "The ICS leaves out a recommendation without a reason",
    changes: &[Change { unit: "4-1-1:a", verdict: "FAIL", code: "missing-justification" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ics.toml", "detail = \"The telemetry serves operation", "\n# 5.11 Deletion")
}
