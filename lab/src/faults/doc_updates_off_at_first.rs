//! By its declaration automatic updates are off in the initialized state.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-updates-off-at-first",
    kind: Kind::Documentation,
    summary: "By its declaration automatic updates are off in the initialized state",
    changes: &[
        Change { unit: "5.12-1-1:b", verdict: "FAIL", code: "default-contradicts-mechanism" },
        Change { unit: "5.3-4-1:b", verdict: "FAIL", code: "automatic-updates-off-at-first" },
        Change { unit: "5.3-6-1:c", verdict: "FAIL", code: "update-setting-denied" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "user_can_configure = true, default_enabled = true",
        "user_can_configure = true, default_enabled = false",
    )?;
    folder.replace("ixit.toml", "automatic installation on (default), after asking, which postpones it by up to seven days, or off; notice on (default) or off. Both are on in the initialized state.", "automatic installation on, after asking, which postpones it by up to seven days, or off (default); notice on (default) or off.")
}
