//! The cloud link is declared to be on as delivered, without a word of why.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-service-unjustified",
    kind: Kind::Documentation,
    summary: "The cloud link is declared to be on as delivered, without a word of why",
    changes: &[Change { unit: "5.6-5-1:a", verdict: "INCONCLUSIVE", code: "field-empty" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "justification = \"Remote operation is the purpose of the product;",
        "allows_configuration = false\nauthentication_mechanism = [\"AuthMech-Cloud\"]",
    )
}
