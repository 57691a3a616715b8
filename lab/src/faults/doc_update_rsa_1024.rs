//! The manifest of updates is declared to be signed with RSA of 1024 bit.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-rsa-1024",
    kind: Kind::Documentation,
    summary: "The manifest of updates is declared to be signed with RSA of 1024 bit",
    changes: &[
        Change { unit: "5.3-7-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.3-7-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Manifest signed with Ed25519;",
        "Manifest signed with RSA-PSS of 1024 bit over SHA-256;",
    )?;
    folder.replace("ixit.toml", "{ purpose = \"signature\", primitive = \"Ed25519\", key_bits = 256 },\n  { purpose = \"integrity\"", "{ purpose = \"signature\", primitive = \"RSA-PSS\", key_bits = 1024, hash = \"SHA-256\" },\n  { purpose = \"integrity\"")
}
