//! The way to the update service is declared to take TLS 1.1, too.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-channel-tls11",
    kind: Kind::Documentation,
    summary: "The way to the update service is declared to take TLS 1.1, too",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "TLS 1.2 and 1.3, authenticated encryption and ephemeral keys; server certificate",
        "TLS 1.1 to 1.3, ephemeral keys; server certificate",
    )?;
    folder.replace(
        "ixit.toml",
        "protocol = \"TLS\", key_bits = 128, versions = [\"1.2\", \"1.3\"]",
        "protocol = \"TLS\", key_bits = 128, versions = [\"1.1\", \"1.2\", \"1.3\"]",
    )
}
