//! The serial console is declared to be needed for maintenance and to be on as delivered.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-debugging-on-by-default",
    kind: Kind::Documentation,
    summary: "The serial console is declared to be needed for maintenance and to be on as delivered",
    changes: &[
        Change { unit: "5.6-4-1:c", verdict: "FAIL", code: "debugging-enabled-by-default" },
        Change { unit: "5.6-3-2:d", verdict: "INCONCLUSIVE", code: "notes-incomplete" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "whoever opens the casing with an ordinary screwdriver can touch them. Exposure is never required.\"\ntype = [\"physical\"]\nstatus = \"disabled\"",
        "whoever opens the casing with an ordinary screwdriver can touch them. Exposure is required now and then, for maintenance.\"\ntype = [\"physical\"]\nstatus = \"enabled\"",
    )?;
    folder.replace(
        "ixit.toml",
        "is_air = false\nexposure = \"never\"\nstatus_in = { factory_default = \"disabled\", initialized = \"disabled\" }\nprotected_by = [\"casing\", \"software-disable\"]\npermanently_disabled = true",
        "is_air = false\nexposure = \"intermittent\"\ndisabled_while_not_needed = true\nprotected_by = [\"casing\", \"software-disable\"]\npermanently_disabled = false",
    )
}
