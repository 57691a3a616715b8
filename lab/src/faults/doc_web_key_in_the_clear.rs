//! The private key of the web interface is declared to be stored in plain text.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-web-key-in-the-clear",
    kind: Kind::Documentation,
    summary: "The private key of the web interface is declared to be stored in plain text",
    changes: &[Change { unit: "5.4-1-1:c", verdict: "FAIL", code: "protection-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "In the encrypted data partition, mode 0600 of the web service; replaced at factory reset. No role may read it.", "Stored in plain text.")
}
