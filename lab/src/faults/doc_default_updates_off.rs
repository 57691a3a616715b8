//! The decision on updates is declared with automatic updates off by default.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-default-updates-off",
    kind: Kind::Documentation,
    summary: "The decision on updates is declared with automatic updates off by default",
    changes: &[
        Change { unit: "5.12-1-1:b", verdict: "FAIL", code: "unsafe-default" },
        Change { unit: "5.12-1-2:d", verdict: "FAIL", code: "decision-default-differs" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "options = [\"automatic (default)\", \"after asking\", \"off\"]",
        "options = [\"automatic\", \"after asking\", \"off (default)\"]",
    )?;
    folder.replace("ixit.toml", "choices = [{ option = \"automatic\", default = true }, { option = \"after asking\" }, { option = \"off\" }]", "choices = [{ option = \"automatic\" }, { option = \"after asking\" }, { option = \"off\", default = true }]")
}
