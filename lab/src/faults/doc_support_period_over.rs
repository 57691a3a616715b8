//! The declared support period was over before the assessment.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};
use crate::model;

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-support-period-over",
    kind: Kind::Documentation,
    summary: "The declared support period was over before the assessment",
    changes: &[
        Change { unit: "5.3-13-1:a", verdict: "FAIL", code: "support-period-over" },
        Change { unit: "5.3-13-2:c", verdict: "FAIL", code: "support-period-differs" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace_all("ixit.toml", model::SUPPORT_UNTIL, "2024-12-31")
}
