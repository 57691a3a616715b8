//! The IXIT names no place where the support period is published.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-support-unpublished",
    kind: Kind::Documentation,
    summary: "The IXIT names no place where the support period is published",
    changes: &[
        Change { unit: "5.3-13-1:a", verdict: "FAIL", code: "no-publication-declared" },
        Change { unit: "5.3-13-2:a", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "5.3-13-2:b", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "5.3-13-2:c", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "publication_of_support_period = \"Page of the maker",
        "publication_of_vulnerability_disclosure_policy = \"Page",
    )?;
    folder.cut(
        "ixit.toml",
        "publication_of_support_period = { kind",
        "publication_of_vulnerability_disclosure_policy = { kind",
    )
}
