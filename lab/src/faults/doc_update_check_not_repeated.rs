//! By its declaration the device looks for updates once and never again.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-check-not-repeated",
    kind: Kind::Documentation,
    summary: "By its declaration the device looks for updates once and never again",
    changes: &[Change { unit: "5.3-5-1:a", verdict: "FAIL", code: "no-update-check-declared" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "check_period_hours = 24", "check_period_hours = 0")
}
