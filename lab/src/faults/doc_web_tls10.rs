//! The web interface is declared to allow TLS 1.0.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-web-tls10",
    kind: Kind::Documentation,
    summary: "The web interface is declared to allow TLS 1.0",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-6-1:a", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.8-1-1:a", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "TLS 1.2 (RFC 5246) and TLS 1.3 (RFC 8446), nothing older;",
        "TLS 1.0 (RFC 2246) to TLS 1.3 (RFC 8446);",
    )?;
    folder.replace(
        "ixit.toml",
        "crypto = [{ purpose = \"transport\", protocol = \"TLS\", versions = [\"1.2\", \"1.3\"], suites",
        "crypto = [{ purpose = \"transport\", protocol = \"TLS\", versions = [\"1.0\", \"1.2\", \"1.3\"], suites",
    )
}
