//! By its declaration the user can neither switch update notices off nor postpone them.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-notices-fixed",
    kind: Kind::Documentation,
    summary: "By its declaration the user can neither switch update notices off nor postpone them",
    changes: &[Change { unit: "5.3-6-1:d", verdict: "FAIL", code: "update-setting-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "notices_configurable = true", "notices_configurable = false")?;
    folder.replace(
        "ixit.toml",
        "or off; notice on (default) or off. Both are on",
        "or off; the notice is always on. Both are on",
    )
}
