//! The identity of the device is declared without resistance to tampering.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-identity-open-to-tampering",
    kind: Kind::Documentation,
    summary: "The identity of the device is declared without resistance to tampering",
    changes: &[Change { unit: "5.4-2-1:b", verdict: "FAIL", code: "identity-without-tamper-resistance" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"confidentiality\", \"integrity\", \"tamper resistance\"]",
        "security_guarantees = [\"confidentiality\", \"integrity\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "\nguarantees = [\"confidentiality\", \"integrity\", \"tamper-resistance\"]",
        "\nguarantees = [\"confidentiality\", \"integrity\"]",
    )
}
