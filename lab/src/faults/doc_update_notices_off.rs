//! By its declaration update notices are off in the initialized state.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-notices-off",
    kind: Kind::Documentation,
    summary: "By its declaration update notices are off in the initialized state",
    changes: &[Change { unit: "5.3-6-1:e", verdict: "FAIL", code: "update-setting-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "notices_default_enabled = true", "notices_default_enabled = false")?;
    folder.replace(
        "ixit.toml",
        "or off; notice on (default) or off. Both are on",
        "or off; notice on or off (default). The first is on",
    )
}
