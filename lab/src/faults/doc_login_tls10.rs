//! The web login is declared to be spoken through TLS 1.0 too.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-tls10",
    kind: Kind::Documentation,
    summary: "The web login is declared to be spoken through TLS 1.0 too",
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
        "TLS 1.2 and 1.3 as ComMech-WebUI, certificate",
        "TLS 1.0 to 1.3, certificate",
    )?;
    // The first use of cryptography that follows is that of the web login.
    folder.replace(
        "ixit.toml",
        "bound to the session with an HMAC-SHA-256 value under a key of 256 bit.\"\ncrypto = [\n  { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.2\", \"1.3\"]",
        "bound to the session with an HMAC-SHA-256 value under a key of 256 bit.\"\ncrypto = [\n  { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.0\", \"1.2\", \"1.3\"]",
    )
}
