//! By its declaration the user can neither switch automatic updates off nor postpone them.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-updates-not-configurable",
    kind: Kind::Documentation,
    summary: "By its declaration the user can neither switch automatic updates off nor postpone them",
    changes: &[Change { unit: "5.3-6-1:b", verdict: "FAIL", code: "update-setting-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "user_can_configure = true, default_enabled = true",
        "user_can_configure = false, default_enabled = true",
    )?;
    folder.replace("ixit.toml", "automatic installation on (default), after asking, which postpones it by up to seven days, or off; notice", "automatic installation is always on; notice")
}
