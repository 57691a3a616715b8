//! The web login is declared to store passwords as MD5 values.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-md5",
    kind: Kind::Documentation,
    summary: "The web login is declared to store passwords as MD5 values",
    changes: &[
        Change { unit: "5.1-3-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.1-3-1:d", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-4-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-5-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Passwords are stored as Argon2id hashes (19 MiB, 2 passes, salt of 16 bytes).",
        "Passwords are stored as MD5 values.",
    )?;
    folder.replace(
        "ixit.toml",
        "primitive = \"Argon2id\", salted = true },\n  { purpose = \"request-integrity\"",
        "primitive = \"MD5\" },\n  { purpose = \"request-integrity\"",
    )
}
