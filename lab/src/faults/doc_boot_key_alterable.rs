//! The key by which the first boot stage is checked is declared to be kept where it can be altered.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-boot-key-alterable",
    kind: Kind::Documentation,
    summary: "The key by which the first boot stage is checked is declared to be kept where it can be altered",
    changes: &[
        Change { unit: "5.7-1-1:b", verdict: "FAIL", code: "boot-key-unprotected" },
        Change { unit: "5.4-1-1:b", verdict: "FAIL", code: "parameter-guarantee-missing" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"integrity\", \"tamper resistance\"]\nprotection_scheme = \"In one-time fuses of the processor, blocked against writing at production.\"\nguarantees = [\"integrity\", \"tamper-resistance\"]",
        "security_guarantees = [\"confidentiality\"]\nprotection_scheme = \"In a file of the data partition that the web service may write.\"\nguarantees = [\"confidentiality\"]",
    )
}
