//! By its declaration the device does not look for updates after its set-up.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-check-not-after-setup",
    kind: Kind::Documentation,
    summary: "By its declaration the device does not look for updates after its set-up",
    changes: &[Change { unit: "5.3-5-1:a", verdict: "FAIL", code: "no-update-check-declared" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "check_after_initialization = true", "check_after_initialization = false")
}
