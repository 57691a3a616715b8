//! The web interface is declared to offer a suite without forward secrecy.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-web-rsa-key-transport",
    kind: Kind::Documentation,
    summary: "The web interface is declared to offer a suite without forward secrecy",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "cryptography-refused" },
        Change { unit: "5.5-6-1:a", verdict: "FAIL", code: "cryptography-refused" },
        Change { unit: "5.8-1-1:a", verdict: "FAIL", code: "cryptography-refused" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "six suites, all with authenticated encryption and ephemeral keys",
        "seven suites, six of them with authenticated encryption and ephemeral keys",
    )?;
    folder.replace("ixit.toml", "\"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\"], groups = [\"X25519\", \"P-256\", \"P-384\"], key_bits = 128, certificate_key", "\"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\", \"TLS_RSA_WITH_AES_128_CBC_SHA256\"], groups = [\"X25519\", \"P-256\", \"P-384\"], key_bits = 128, certificate_key")
}
