//! The link to the cloud, which carries personal data and critical parameters, is declared without confidentiality.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-not-confidential",
    kind: Kind::Documentation,
    summary: "The link to the cloud, which carries personal data and critical parameters, is declared without confidentiality",
    changes: &[
        Change { unit: "5.5-6-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.5-7-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.8-1-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.8-2-1:a", verdict: "FAIL", code: "guarantee-missing" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "[\"authentication of peers\", \"authenticity of origin\", \"integrity\", \"confidentiality\", \"anti-replay\"]",
        "[\"authentication of peers\", \"authenticity of origin\", \"integrity\", \"anti-replay\"]",
    )
}
