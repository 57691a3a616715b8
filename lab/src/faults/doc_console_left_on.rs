//! Only the casing is declared to keep people from the serial console.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-console-left-on",
    kind: Kind::Documentation,
    summary: "Only the casing is declared to keep people from the serial console",
    changes: &[Change { unit: "5.6-4-1:a", verdict: "FAIL", code: "no-software-disables-debugging" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        " Software: production firmware holds no console and sets the pins to input; the fuse of the processor blocks boot commands and JTAG for ever.\"",
        " The console behind it answers.\"",
    )?;
    folder.replace(
        "ixit.toml",
        "protected_by = [\"casing\", \"software-disable\"]",
        "protected_by = [\"casing\"]",
    )
}
