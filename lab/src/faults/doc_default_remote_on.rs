//! The decision on remote operation is declared with orders from the internet accepted by default.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-default-remote-on",
    kind: Kind::Documentation,
    summary: "The decision on remote operation is declared with orders from the internet accepted by default",
    changes: &[
        Change { unit: "5.12-1-1:b", verdict: "FAIL", code: "unsafe-default" },
        Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-default-differs" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "options = [\"off (default)\", \"on\"]\ntriggered_by = \"Third",
        "options = [\"off\", \"on (default)\"]\ntriggered_by = \"Third",
    )?;
    folder.replace("ixit.toml", "triggered_by = \"Third step of set-up; later Settings, Remote operation.\"\nsecurity_relevant = true\nchoices = [{ option = \"off\", default = true }, { option = \"on\" }]", "triggered_by = \"Third step of set-up; later Settings, Remote operation.\"\nsecurity_relevant = true\nchoices = [{ option = \"off\" }, { option = \"on\", default = true }]")
}
