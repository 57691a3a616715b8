//! The serial console is declared to come back with a command of the service.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-debugging-can-return",
    kind: Kind::Documentation,
    summary: "The serial console is declared to come back with a command of the service",
    changes: &[Change { unit: "5.6-4-1:b", verdict: "FAIL", code: "debugging-not-disabled-for-ever" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "the fuse of the processor blocks boot commands and JTAG for ever.\"",
        "a command of the service enables the console again.\"",
    )?;
    folder.replace(
        "ixit.toml",
        "protected_by = [\"casing\", \"software-disable\"]\npermanently_disabled = true",
        "protected_by = [\"casing\", \"software-disable\"]\npermanently_disabled = false",
    )
}
