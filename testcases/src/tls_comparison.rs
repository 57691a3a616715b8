//! What a TLS server offers, set against what a row declares.
//!
//! Offered and not declared is a difference. Declared and not offered is none: a list of suites may
//! be longer than what one handshake shows.

use ixit::Row;
use ixit::companion::Transport;
use probes::probe::tls_server::TlsFacts;

use crate::crypto::{self, Weakness, key_in};

/// TLS as a row declares it, all its uses together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredTls {
    /// Versions, e.g. `1.2`; never empty.
    pub versions: Vec<String>,
    /// Suites in upper case; empty where the list is not closed.
    pub suites: Vec<String>,
    /// Keys of certificates, e.g. `EC-256`; empty where nothing is said.
    pub certificate_keys: Vec<String>,
    /// Ids of what is declared and on the deny list: judged by the declaration, not found beside it.
    pub broken: Vec<&'static str>,
}

/// Result of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsComparison {
    /// What is offered and not declared, e.g. `TLS 1.0`, `TLS_RSA_WITH_AES_128_CBC_SHA`, `certificate key RSA-2048`.
    pub differences: Vec<String>,
    /// What is on the deny list, seen with a declared version, and neither declared nor a difference.
    pub broken: Vec<Weakness>,
    /// What could not be established.
    pub unclear: Vec<String>,
}

impl DeclaredTls {
    /// What a row says of TLS; `None` if it names no version of it.
    pub fn of(row: &Row) -> Option<Self> {
        let mut declared = Self::default();
        for crypto in row.companions.crypto.iter().map(|crypto| &crypto.value) {
            let protocol = crypto.protocol.as_deref().unwrap_or_default().trim().to_uppercase();
            if !protocol.starts_with("TLS") && !protocol.starts_with("SSL") {
                continue;
            }
            let ssl = protocol.starts_with("SSL");
            declared.broken.extend(crypto::broken(crypto).iter().map(|weakness| weakness.id));
            declared.versions.extend(crypto.versions.iter().map(|version| plain_version(version, ssl)));
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
        for (name, version) in facts.all_versions() {
            match version.offered {
                None => comparison.unclear.push(name),
                Some(true) if !self.versions.contains(&version.version) => comparison.differences.push(name),
                Some(_) => {}
            }
        }
        let declares = |suite: &String| self.suites.contains(&suite.to_uppercase());
        if !self.suites.is_empty() {
            // Suites of an undeclared version are part of that difference already.
            let all = facts.ssl.iter().chain(&facts.versions);
            let declared = all.filter(|version| self.versions.contains(&version.version));
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
                    let key = key_name(&leaf.key_type, leaf.key_bits);
                    comparison.differences.push(format!("certificate key {key}"));
                }
            }
        }
        comparison.broken = self.broken_beside(facts, &comparison.differences);
        comparison
    }

    /// What is known to be broken, leaving out what the declaration names and what is a difference anyway.
    fn broken_beside(&self, facts: &TlsFacts, differences: &[String]) -> Vec<Weakness> {
        let all = facts.ssl.iter().chain(&facts.versions).filter(|version| version.offered == Some(true));
        let (declared, undeclared): (Vec<_>, Vec<_>) =
            all.partition(|version| self.versions.contains(&version.version));
        let mut found = Vec::new();
        for version in declared {
            found.extend(version.suites.iter().filter(|suite| !differences.contains(suite)).filter_map(
                |suite| crypto::broken_suite(suite).filter(|_| !self.suites.contains(&suite.to_uppercase())),
            ));
            found.extend(version.dh_bits.and_then(|bits| crypto::weak_key("DH", bits)));
        }
        for chain in std::iter::once(&facts.chain).chain(&facts.other_chains) {
            for (n, certificate) in chain.iter().enumerate() {
                // The signature of an authority on itself convinces nobody, and so harms nobody.
                let signed = n == 0 || !certificate.self_signed;
                found.extend(
                    crypto::broken_primitive(&certificate.signature, Some("signature")).filter(|_| signed),
                );
                let key =
                    format!("certificate key {}", key_name(&certificate.key_type, certificate.key_bits));
                if !differences.contains(&key) {
                    found.extend(
                        certificate.key_bits.and_then(|bits| crypto::weak_key(&certificate.key_type, bits)),
                    );
                }
            }
        }
        // What an undeclared version does beside is part of that difference.
        if undeclared.is_empty() {
            let feature = |seen: bool, id, subject| crypto::broken_feature(id, subject).filter(|_| seen);
            found.extend(feature(facts.compression == Some(true), "tls-compression", "compression"));
            found.extend(feature(
                facts.secure_renegotiation == Some(false),
                "tls-renegotiation",
                "no announcement of secure renegotiation",
            ));
        }
        found.retain(|weakness| !self.broken.contains(&weakness.id));
        let mut once: Vec<Weakness> = Vec::new();
        for weakness in found {
            if !once.contains(&weakness) {
                once.push(weakness);
            }
        }
        once
    }
}

fn key_name(kind: &str, bits: Option<u32>) -> String {
    bits.map_or_else(|| kind.to_owned(), |bits| format!("{kind}-{bits}"))
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

/// `TLSv1.2`, `v1.2`, `1.2` → `1.2`; `SSLv3`, and `3.0` of SSL → `SSLv3`.
fn plain_version(version: &str, ssl: bool) -> String {
    let from = version.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    let number = version[from..].trim();
    if ssl || version.to_uppercase().contains("SSL") {
        return format!("SSLv{}", number.strip_suffix(".0").unwrap_or(number));
    }
    number.to_owned()
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
            broken: Vec::new(),
        }
    }

    fn broken_in(declared: &DeclaredTls, change: impl Fn(&mut TlsFacts)) -> Vec<&'static str> {
        let mut facts = server();
        change(&mut facts);
        let broken = declared.compare(&facts).broken;
        broken.iter().map(|weakness| weakness.id).collect()
    }

    /// What makes a server weak, and what its weakness is called.
    type Weakening<'c> = (&'c dyn Fn(&mut TlsFacts), &'static str);

    #[test]
    fn what_is_known_to_be_broken_is_found_beside_an_open_declaration() {
        let open = DeclaredTls { suites: Vec::new(), certificate_keys: Vec::new(), ..declared() };
        assert!(broken_in(&open, |_| {}).is_empty());
        let rc4 = |facts: &mut TlsFacts| facts.versions[1].suites.push("TLS_RSA_WITH_RC4_128_SHA".into());
        let dh = |facts: &mut TlsFacts| facts.versions[1].dh_bits = Some(1024);
        let rsa = |facts: &mut TlsFacts| {
            facts.chain[0].key_type = "RSA".into();
            facts.chain[0].key_bits = Some(1024);
        };
        let sha1 = |facts: &mut TlsFacts| facts.chain[0].signature = "sha1WithRSAEncryption".into();
        let deflate = |facts: &mut TlsFacts| facts.compression = Some(true);
        let renegotiation = |facts: &mut TlsFacts| facts.secure_renegotiation = Some(false);
        let changes: [Weakening<'_>; 6] = [
            (&rc4, "suite-rc4"),
            (&dh, "dh-short"),
            (&rsa, "rsa-short"),
            (&sha1, "sha1-signature"),
            (&deflate, "tls-compression"),
            (&renegotiation, "tls-renegotiation"),
        ];
        for (change, id) in changes {
            assert_eq!(broken_in(&open, change), [id]);
            // What the declaration names is judged there.
            let named = DeclaredTls { broken: vec![id], ..open.clone() };
            assert!(broken_in(&named, change).is_empty(), "{id}");
        }
        // With closed lists the suite and the key are differences, said once.
        assert!(broken_in(&declared(), rc4).is_empty() && broken_in(&declared(), rsa).is_empty());
        // An undeclared version is the difference; what it does beside belongs to it.
        let old = |facts: &mut TlsFacts| {
            facts.versions[0] = version("1.0", Some(true), &["TLS_RSA_WITH_RC4_128_SHA"]);
            facts.secure_renegotiation = Some(false);
        };
        assert!(broken_in(&open, old).is_empty());
        // The signature of a root on itself is not looked at; that of the one in between is.
        let chain = |root: bool| {
            move |facts: &mut TlsFacts| {
                let mut next = facts.chain[0].clone();
                next.signature = "sha1WithRSAEncryption".into();
                next.self_signed = root;
                facts.chain.push(next);
            }
        };
        assert!(broken_in(&open, chain(true)).is_empty());
        assert_eq!(broken_in(&open, chain(false)), ["sha1-signature"]);
    }

    #[test]
    fn ssl_is_a_difference_unless_it_is_declared() {
        let mut facts = server();
        facts.ssl = vec![version("SSLv2", Some(false), &[]), version("SSLv3", Some(true), &[])];
        assert_eq!(declared().compare(&facts).differences, ["SSLv3"]);
        let mut named = declared();
        named.versions.push(plain_version("SSLv3", false));
        assert_eq!(named.compare(&facts).differences, [""; 0]);
        assert_eq!(
            (plain_version("3.0", true), plain_version("TLSv1.2", false)),
            ("SSLv3".into(), "1.2".into())
        );
        facts.ssl[1].offered = None;
        assert_eq!(declared().compare(&facts).unclear, ["SSLv3"]);
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
