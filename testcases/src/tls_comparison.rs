//! What a TLS server offers, set against what a row declares.
//!
//! Offered and not declared is a difference. Declared and not offered is none: a list of suites may
//! be longer than what one handshake shows.

use ixit::Row;
use ixit::companion::Transport;
use probes::probe::tls_server::TlsFacts;

use crate::crypto::key_in;

/// TLS as a row declares it, all its uses together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredTls {
    /// Versions, e.g. `1.2`; never empty.
    pub versions: Vec<String>,
    /// Suites in upper case; empty where the list is not closed.
    pub suites: Vec<String>,
    /// Keys of certificates, e.g. `EC-256`; empty where nothing is said.
    pub certificate_keys: Vec<String>,
}

/// Result of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsComparison {
    /// What is offered and not declared, e.g. `TLS 1.0`, `TLS_RSA_WITH_AES_128_CBC_SHA`, `certificate key RSA-2048`.
    pub differences: Vec<String>,
    /// What could not be established.
    pub unclear: Vec<String>,
}

impl DeclaredTls {
    /// What a row says of TLS; `None` if it names no version of it.
    pub fn of(row: &Row) -> Option<Self> {
        let mut declared = Self::default();
        for crypto in row.companions.crypto.iter().map(|crypto| &crypto.value) {
            let protocol = crypto.protocol.as_deref().unwrap_or_default().trim().to_uppercase();
            if !protocol.starts_with("TLS") {
                continue;
            }
            declared.versions.extend(crypto.versions.iter().map(|version| plain_version(version)));
            declared.suites.extend(crypto.suites.iter().map(|suite| suite.trim().to_uppercase()));
            declared.certificate_keys.extend(crypto.certificate_key.clone());
        }
        (!declared.versions.is_empty()).then_some(declared)
    }

    /// In one line.
    pub fn line(&self) -> String {
        let mut line = format!("TLS {}", self.versions.join(", "));
        if !self.suites.is_empty() {
            line.push_str(&format!(" with {} suites", self.suites.len()));
        }
        if !self.certificate_keys.is_empty() {
            line.push_str(&format!(", certificate key {}", self.certificate_keys.join(" or ")));
        }
        line
    }

    /// Compares with what a port offers.
    pub fn compare(&self, facts: &TlsFacts) -> TlsComparison {
        let mut comparison = TlsComparison::default();
        if !facts.speaks_tls {
            comparison.differences.push("no TLS".to_owned());
            return comparison;
        }
        for version in &facts.versions {
            match version.offered {
                None => comparison.unclear.push(format!("TLS {}", version.version)),
                Some(true) if !self.versions.contains(&version.version) => {
                    comparison.differences.push(format!("TLS {}", version.version));
                }
                Some(_) => {}
            }
        }
        let declares = |suite: &String| self.suites.contains(&suite.to_uppercase());
        if !self.suites.is_empty() {
            // Suites of an undeclared version are part of that difference already.
            let declared = facts.versions.iter().filter(|version| self.versions.contains(&version.version));
            for suite in declared.flat_map(|version| &version.suites).filter(|suite| !declares(suite)) {
                if !comparison.differences.contains(suite) {
                    comparison.differences.push(suite.clone());
                }
            }
        }
        if !self.certificate_keys.is_empty() {
            match facts.chain.first() {
                None => comparison.unclear.push("certificate".to_owned()),
                Some(leaf)
                    if self
                        .certificate_keys
                        .iter()
                        .any(|key| key_fits(key, &leaf.key_type, leaf.key_bits)) => {}
                Some(leaf) => {
                    let bits = leaf.key_bits.map(|bits| format!("-{bits}")).unwrap_or_default();
                    comparison.differences.push(format!("certificate key {}{bits}", leaf.key_type));
                }
            }
        }
        comparison
    }
}

/// TCP ports at which a row is spoken to inside TLS: the login, and endpoints whose application is.
pub fn tls_ports(row: &Row) -> Vec<u16> {
    const INSIDE_TLS: &[&str] =
        &["https", "mqtts", "wss", "ftps", "ldaps", "imaps", "smtps", "rtsps", "coaps", "tls", "secure-mqtt"];
    let mut ports: Vec<u16> =
        row.companions.login.iter().filter(|login| login.value.tls).map(|login| login.value.port).collect();
    let endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
    ports.extend(
        endpoints
            .filter(|endpoint| endpoint.transport == Transport::Tcp && endpoint.host.is_none())
            .filter(|endpoint| {
                endpoint
                    .application
                    .as_ref()
                    .is_some_and(|name| INSIDE_TLS.contains(&name.to_lowercase().as_str()))
            })
            .map(|endpoint| endpoint.port),
    );
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// `TLSv1.2`, `v1.2`, `1.2` → `1.2`.
fn plain_version(version: &str) -> String {
    let from = version.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    version[from..].trim().to_owned()
}

fn key_fits(declared: &str, key_type: &str, bits: Option<u32>) -> bool {
    let (kind, declared_bits) = key_in(declared);
    family(&kind) == family(key_type) && (declared_bits.is_none() || bits.is_none() || declared_bits == bits)
}

fn family(kind: &str) -> String {
    match kind.to_uppercase().as_str() {
        "EC" | "ECC" | "ECDSA" | "P" | "SECP" | "PRIME" => "EC".to_owned(),
        "RSASSA" | "RSAENCRYPTION" | "RSA" => "RSA".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use probes::probe::tls_server::{CertificateFacts, VersionFacts};

    use super::*;

    fn version(version: &str, offered: Option<bool>, suites: &[&str]) -> VersionFacts {
        VersionFacts {
            version: version.into(),
            offered,
            suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
            groups: Vec::new(),
            dh_bits: None,
            shapes_tried: 3,
            refusal: None,
            ..VersionFacts::default()
        }
    }

    fn server() -> TlsFacts {
        TlsFacts {
            port: 443,
            speaks_tls: true,
            versions: vec![
                version("1.0", Some(false), &[]),
                version("1.2", Some(true), &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]),
                version("1.3", Some(true), &["TLS_AES_128_GCM_SHA256"]),
            ],
            chain: vec![CertificateFacts {
                sha256: "0".repeat(64),
                subject: "CN=heater".into(),
                issuer: "CN=heater".into(),
                names: Vec::new(),
                key_type: "EC".into(),
                key_bits: Some(256),
                signature: "ecdsa-with-SHA256".into(),
                not_before: "2025-01-01T00:00:00Z".into(),
                not_after: "2035-01-01T00:00:00Z".into(),
                self_signed: true,
                ca: false,
            }],
            compression: Some(false),
            secure_renegotiation: Some(true),
            ..TlsFacts::default()
        }
    }

    fn declared() -> DeclaredTls {
        DeclaredTls {
            versions: vec!["1.2".into(), "1.3".into()],
            suites: vec!["TLS_AES_128_GCM_SHA256".into(), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".into()],
            certificate_keys: vec!["EC-256".into()],
        }
    }

    #[test]
    fn what_is_declared_is_no_difference() {
        assert_eq!(declared().compare(&server()), TlsComparison::default());
    }

    #[test]
    fn versions_suites_and_keys_that_are_not_declared_are_named() {
        let mut facts = server();
        facts.versions[0] = version("1.0", Some(true), &["TLS_RSA_WITH_AES_128_CBC_SHA"]);
        facts.versions[1].suites.push("TLS_RSA_WITH_AES_256_CBC_SHA".into());
        facts.chain[0].key_bits = Some(384);
        assert_eq!(
            declared().compare(&facts).differences,
            ["TLS 1.0", "TLS_RSA_WITH_AES_256_CBC_SHA", "certificate key EC-384"]
        );
        facts.speaks_tls = false;
        assert_eq!(declared().compare(&facts).differences, ["no TLS"]);
    }

    #[test]
    fn an_open_list_of_suites_and_a_missing_answer_decide_nothing() {
        let mut open = declared();
        open.suites.clear();
        let mut facts = server();
        facts.versions[1].suites.push("TLS_RSA_WITH_AES_256_CBC_SHA".into());
        assert_eq!(open.compare(&facts), TlsComparison::default());
        facts.versions[0].offered = None;
        facts.chain.clear();
        let comparison = open.compare(&facts);
        assert_eq!(comparison.unclear, ["TLS 1.0", "certificate"]);
        assert!(comparison.differences.is_empty());
    }
}
