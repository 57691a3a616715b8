//! By its declaration the device gives no notice of updates, and shows them on its panel.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-notices-contradicted",
    kind: Kind::Documentation,
    summary: "By its declaration the device gives no notice of updates, and shows them on its panel",
    changes: &[
        Change { unit: "5.3-11-1:a", verdict: "FAIL", code: "no-update-notice-declared" },
        Change { unit: "5.3-11-1:b", verdict: "FAIL", code: "no-update-notice-declared" },
        Change { unit: "5.3-6-1:d", verdict: "FAIL", code: "update-notices-contradicted" },
        Change { unit: "5.3-6-1:e", verdict: "FAIL", code: "update-notices-contradicted" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "automatic = true, notifies = true", "automatic = true, notifies = false")
}
