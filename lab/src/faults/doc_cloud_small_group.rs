//! The link to the cloud is declared to agree on keys on a curve of 192 bit, too.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-small-group",
    kind: Kind::Documentation,
    summary: "The link to the cloud is declared to agree on keys on a curve of 192 bit, too",
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
        "ephemeral keys on X25519, P-256 or P-384. The device checks",
        "ephemeral keys on X25519, P-192, P-256 or P-384. The device checks",
    )?;
    folder.replace(
        "ixit.toml",
        "crypto = [{ purpose = \"transport\", key_bits = 128, protocol",
        "crypto = [{ purpose = \"key-agreement\", primitive = \"P-192\", key_bits = 192 }, { purpose = \"transport\", key_bits = 128, protocol",
    )
}
