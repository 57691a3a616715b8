//! Reports on hardware are acknowledged later than the published policy promises.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-acknowledgement-later-than-policy",
    kind: Kind::Documentation,
    summary: "Reports on hardware are acknowledged later than the published policy promises",
    changes: &[Change { unit: "5.2-2-1:a", verdict: "FAIL", code: "time-exceeds-policy" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Acknowledgement within 5 days, assessment with the supplier",
        "Acknowledgement within 21 days, assessment with the supplier",
    )?;
    folder.replace(
        "ixit.toml",
        "{ step = \"acknowledgement\", days = 5 }, { step = \"assessment\", days = 30 }",
        "{ step = \"acknowledgement\", days = 21 }, { step = \"assessment\", days = 30 }",
    )
}
