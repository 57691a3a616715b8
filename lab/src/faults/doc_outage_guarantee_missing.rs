//! The mechanism against loss of power is declared without a guarantee.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-outage-guarantee-missing",
    kind: Kind::Documentation,
    summary: "The mechanism against loss of power is declared without a guarantee",
    changes: &[
        Change { unit: "5.9-1-1:b", verdict: "INCONCLUSIVE", code: "field-empty" },
        Change { unit: "5.9-2-1:a", verdict: "INCONCLUSIVE", code: "waits-where-it-is-judged-first" },
        Change { unit: "5.9-1-1:a", verdict: "INCONCLUSIVE", code: "documentation-finding" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"safe state without power\", \"no loss of data\", \"the same or a better state after recovery\"]",
        "security_guarantees = []",
    )
}
