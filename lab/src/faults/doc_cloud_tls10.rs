//! The link to the cloud is declared to allow TLS 1.0.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-tls10",
    kind: Kind::Documentation,
    summary: "The link to the cloud is declared to allow TLS 1.0",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-6-1:a", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-7-1:a", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.8-1-1:a", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.8-2-1:a", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "TLS 1.2 and 1.3, authenticated encryption and ephemeral keys on",
        "TLS 1.0 to 1.3, ephemeral keys on",
    )?;
    folder.replace(
        "ixit.toml",
        "key_bits = 128, protocol = \"TLS\", versions = [\"1.2\", \"1.3\"]",
        "key_bits = 128, protocol = \"TLS\", versions = [\"1.0\", \"1.1\", \"1.2\", \"1.3\"]",
    )
}
