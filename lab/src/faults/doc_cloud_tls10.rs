//! The link to the cloud is declared to allow TLS 1.0.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-tls10",
    kind: Kind::Documentation,
    summary: "The link to the cloud is declared to allow TLS 1.0",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "crypto-not-best-practice" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "crypto-broken" },
        Change { unit: "5.5-6-1:a", verdict: "FAIL", code: "crypto-broken" },
        Change { unit: "5.5-7-1:a", verdict: "FAIL", code: "crypto-broken" },
        Change { unit: "5.8-1-1:a", verdict: "FAIL", code: "crypto-broken" },
        Change { unit: "5.8-2-1:a", verdict: "FAIL", code: "crypto-broken" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "TLS 1.3 only, X25519, AES-128-GCM or ChaCha20-Poly1305, mutual",
        "TLS 1.0 to 1.3, mutual",
    )?;
    folder.replace(
        "ixit.toml",
        "versions = [\"1.3\"], suites = [\"TLS_AES_128_GCM_SHA256\", \"TLS_CHACHA20_POLY1305_SHA256\"]",
        "versions = [\"1.0\", \"1.1\", \"1.2\", \"1.3\"]",
    )
}
