//! By the declaration nobody is told when the software is found changed.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-alert-untold",
    kind: Kind::Documentation,
    summary: "By the declaration nobody is told when the software is found changed",
    changes: &[Change { unit: "5.7-2-1:a", verdict: "FAIL", code: "no-alert-declared" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "user_notification = \"The panel shows fault F-81",
        "notification_functionality = ",
    )?;
    folder.replace(
        "ixit.toml",
        "notification_functionality = ",
        "user_notification = \"None\"\nnotification_functionality = ",
    )
}
