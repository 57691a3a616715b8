//! The IXIT tells one last day of support in words and another in figures.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-support-contradicted",
    kind: Kind::Documentation,
    summary: "The IXIT tells one last day of support in words and another in figures",
    changes: &[Change { unit: "5.3-13-1:a", verdict: "FAIL", code: "support-period-contradicted" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "for all software components until 2031-12-31",
        "for all software components until 2034-12-31",
    )
}
