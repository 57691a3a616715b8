//! Anyone is declared to be allowed to set the temperature over the web interface.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-anyone-may-operate",
    kind: Kind::Documentation,
    summary: "Anyone is declared to be allowed to set the temperature over the web interface",
    changes: &[
        Change { unit: "5.5-4-1:d", verdict: "FAIL", code: "change-open-to-anyone" },
        Change { unit: "5.5-5-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "body = \"target_celsius=45\", who = [\"AuthMech-WebLogin\"]",
        "body = \"target_celsius=45\", who = [\"anyone\"]",
    )
}
