//! What a TLS server offers, asked with our own ClientHello, one connection at a time.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// Server name sent, if any.
    #[serde(default)]
    pub server_name: Option<String>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// TCP port.
    pub port: u16,
    /// The port speaks TLS at all.
    pub speaks_tls: bool,
    /// One entry a version asked: SSLv3 is left to a later version, so `1.0`, `1.1`, `1.2`, `1.3`.
    pub versions: Vec<VersionFacts>,
    /// Chain as sent, leaf first.
    pub chain: Vec<CertificateFacts>,
    /// Compression is offered.
    pub compression: Option<bool>,
    /// Secure renegotiation is announced (TLS 1.2 and older).
    pub secure_renegotiation: Option<bool>,
}

/// One protocol version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionFacts {
    /// `1.0`, `1.1`, `1.2`, `1.3`.
    pub version: String,
    /// Offered; `None` if no clear answer came.
    pub offered: Option<bool>,
    /// Suites by IANA name, in the order in which the server picked them.
    pub suites: Vec<String>,
    /// Groups seen chosen.
    pub groups: Vec<String>,
    /// Bit length of the DH prime, where one was seen.
    pub dh_bits: Option<u32>,
    /// Differently shaped ClientHellos sent before "not offered" was written.
    pub shapes_tried: u32,
    /// What answered the last refused ClientHello, e.g. `alert 70 protocol_version`.
    pub refusal: Option<String>,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// SHA-256 of the DER, lower-case hex.
    pub sha256: String,
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// DNS names and addresses.
    pub names: Vec<String>,
    /// `RSA`, `EC`, `Ed25519` …
    pub key_type: String,
    /// Key length in bits.
    pub key_bits: Option<u32>,
    /// Signature algorithm, e.g. `ecdsa-with-SHA256`.
    pub signature: String,
    /// Not before, RFC 3339.
    pub not_before: String,
    /// Not after, RFC 3339.
    pub not_after: String,
    /// Subject and issuer agree.
    pub self_signed: bool,
    /// CA bit.
    pub ca: bool,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tls-server",
    version: 1,
    summary: "Enumerates TLS versions, suites, groups and the certificate of a port with its own ClientHello",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
