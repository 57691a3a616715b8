//! The passwords of the web login are declared to be stored as plain hashes.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-password-sha256",
    kind: Kind::Documentation,
    summary: "The passwords of the web login are declared to be stored as plain hashes",
    changes: &[Change { unit: "5.1-3-1:c", verdict: "FAIL", code: "cryptography-refused" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Passwords are stored as Argon2id hashes (19 MiB, 2 passes, salt of 16 bytes).",
        "Passwords are stored as SHA-256 values.",
    )?;
    folder.replace(
        "ixit.toml",
        "primitive = \"Argon2id\", salted = true },\n  { purpose = \"request-integrity\"",
        "primitive = \"SHA-256\" },\n  { purpose = \"request-integrity\"",
    )
}
