//! The IXIT names no place where the disclosure policy is published.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-policy-unpublished",
    kind: Kind::Documentation,
    summary: "The IXIT names no place where the disclosure policy is published",
    changes: &[
        Change { unit: "5.2-1-1:a", verdict: "FAIL", code: "no-publication-declared" },
        Change { unit: "5.2-1-2:a", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
        Change { unit: "5.2-1-2:b", verdict: "INCONCLUSIVE", code: "no-publication-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "publication_of_vulnerability_disclosure_policy = \"Page of the maker",
        "support = { until",
    )?;
    folder.cut(
        "ixit.toml",
        "publication_of_vulnerability_disclosure_policy = { kind",
        "\n# Table 3: kinds of vulnerabilities",
    )
}
