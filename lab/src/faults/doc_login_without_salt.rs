//! The passwords of the web login are declared to be hashed without a salt.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-without-salt",
    kind: Kind::Documentation,
    summary: "The passwords of the web login are declared to be hashed without a salt",
    changes: &[Change { unit: "5.1-3-1:c", verdict: "FAIL", code: "cryptography-refused" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Argon2id hashes (19 MiB, 2 passes, salt of 16 bytes).",
        "Argon2id hashes (19 MiB, 2 passes, no salt).",
    )?;
    folder.replace(
        "ixit.toml",
        "primitive = \"Argon2id\", salted = true },\n  { purpose = \"request-integrity\"",
        "primitive = \"Argon2id\", salted = false },\n  { purpose = \"request-integrity\"",
    )
}
