//! Cryptography that is known to be broken: a dated deny list as data, and what it meets.
//!
//! Being absent from the list proves nothing; whether cryptography is best practice is for a person to say.
//! The list is `catalogue/crypto/broken.toml`, with source, date and confidence per entry.

use std::sync::OnceLock;

use ixit::companion::Crypto;
use serde::Deserialize;

use crate::catalogue::Catalogue;

pub(super) const FILE: &str = "catalogue/crypto/broken.toml";

/// Something on the deny list that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// Id of the entry, e.g. `tls-old`.
    pub id: &'static str,
    /// What met it, e.g. `TLS 1.0`, `RSA-1024`.
    pub subject: String,
    /// Where it can be read that it is broken.
    pub source: &'static str,
    /// Since when, `YYYY-MM`.
    pub since: &'static str,
    /// How sure we are of the entry: `high`, `medium`, `low`.
    pub confidence: &'static str,
}

impl Weakness {
    /// In one line: subject and source.
    pub fn line(&self) -> String {
        format!("{} ({}, {})", self.subject, self.source, self.since)
    }
}

/// The lines of several weaknesses, each once, joined by `; `.
pub fn lines(weaknesses: &[Weakness]) -> String {
    let mut lines: Vec<String> = weaknesses.iter().map(Weakness::line).collect();
    lines.dedup();
    lines.join("; ")
}

/// Everything broken in one declared use of cryptography.
pub fn broken(crypto: &Crypto) -> Vec<Weakness> {
    let mut found = Vec::new();
    if let Some(protocol) = &crypto.protocol {
        if crypto.versions.is_empty() {
            found.extend(broken_version(protocol, ""));
        }
        found.extend(crypto.versions.iter().filter_map(|version| broken_version(protocol, version)));
    }
    found.extend(crypto.suites.iter().filter_map(|suite| broken_suite(suite)));
    if let Some(primitive) = &crypto.primitive {
        found.extend(broken_primitive(primitive, crypto.purpose.as_deref()));
        let (kind, bits) = key_in(primitive);
        if let Some(bits) = crypto.key_bits.or(bits) {
            found.extend(weak_key(&kind, bits));
        }
    }
    if let Some(key) = &crypto.certificate_key {
        let (kind, bits) = key_in(key);
        if let Some(bits) = bits {
            found.extend(weak_key(&kind, bits));
        }
    }
    found
}

/// Whether a TLS suite is broken; by IANA name, e.g. `TLS_RSA_WITH_RC4_128_SHA`.
pub fn broken_suite(name: &str) -> Option<Weakness> {
    let words = words(name);
    let holds = |wanted: &[String]| wanted.iter().any(|word| words.contains(&word.to_uppercase()));
    let entry = list().suite.iter().find(|entry| holds(&entry.words) && !holds(&entry.unless))?;
    Some(entry.about.met(name))
}

/// Whether a protocol version is broken. The version may be written `1.0`, `TLSv1.0`, `v1` …; an empty
/// one meets only entries for every version.
pub fn broken_version(protocol: &str, version: &str) -> Option<Weakness> {
    // `SSLv3` among the versions of TLS is SSL all the same; `TLSv1.0` may stand in either place.
    let written = format!("{} {}", protocol.trim(), version.trim()).trim().to_uppercase();
    let family = if written.contains("SSL") { "SSL" } else { family(protocol) };
    let number = number(if version.trim().is_empty() { protocol } else { version });
    let entry = list().version.iter().find(|entry| {
        entry.protocols.iter().any(|name| name.eq_ignore_ascii_case(family))
            && entry.versions.iter().any(|wanted| wanted == "*" || number_is(wanted, &number))
    })?;
    Some(entry.about.met(&written))
}

/// Whether a key is too short to hold. Types: `RSA`, `EC`, `DH`, `AES` …; unknown types are never met.
pub fn weak_key(key_type: &str, bits: u32) -> Option<Weakness> {
    let kind = words(key_type);
    let entry = list().key.iter().find(|entry| {
        let short = bits < entry.below && kind.iter().any(|word| entry.types.contains(word));
        short && !kind.iter().any(|word| entry.unless.contains(word))
    })?;
    Some(entry.about.met(&format!("{}-{bits}", kind.join("-"))))
}

/// Whether a primitive is broken for a purpose, e.g. `sha1WithRSAEncryption`, `DES-CBC`.
pub fn broken_primitive(name: &str, purpose: Option<&str>) -> Option<Weakness> {
    let words = words(name);
    let purpose = purpose.unwrap_or_default().to_lowercase();
    let entry = list().primitive.iter().find(|entry| {
        let named = entry.names.iter().any(|wanted| holds_in_order(&words, wanted));
        let excused = entry.unless.iter().any(|word| words.contains(&word.to_uppercase()));
        let for_it =
            entry.purposes.is_empty() || entry.purposes.iter().any(|wanted| purpose.contains(wanted));
        named && !excused && for_it
    })?;
    Some(entry.about.met(name))
}

/// A feature of a protocol that is known to be broken: `tls-compression`, `tls-renegotiation`.
pub fn broken_feature(id: &str, subject: &str) -> Option<Weakness> {
    Some(list().feature.iter().find(|entry| entry.about.id == id)?.about.met(subject))
}

/// Type and length of a key as written in a declaration: `EC-256`, `RSA 2048`, `AES-128-GCM`.
pub fn key_in(text: &str) -> (String, Option<u32>) {
    let words = words(text);
    let bits = words.iter().find_map(|word| word.parse().ok());
    let kind: Vec<String> =
        words.into_iter().filter(|word| !word.chars().all(|letter| letter.is_ascii_digit())).collect();
    (kind.join("-"), bits)
}

/// Date of the deny list, `YYYY-MM-DD`.
pub fn date() -> &'static str {
    &list().policy.date
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DenyList {
    policy: Policy,
    version: Vec<VersionEntry>,
    suite: Vec<SuiteEntry>,
    primitive: Vec<PrimitiveEntry>,
    key: Vec<KeyEntry>,
    feature: Vec<FeatureEntry>,
}

#[derive(Debug, Deserialize)]
struct Policy {
    date: String,
}

#[derive(Debug, Deserialize)]
struct About {
    id: String,
    source: String,
    since: String,
    confidence: String,
}

impl About {
    fn met(&'static self, subject: &str) -> Weakness {
        Weakness {
            id: &self.id,
            subject: subject.to_owned(),
            source: &self.source,
            since: &self.since,
            confidence: &self.confidence,
        }
    }
}

#[derive(Debug, Deserialize)]
struct VersionEntry {
    #[serde(flatten)]
    about: About,
    protocols: Vec<String>,
    versions: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SuiteEntry {
    #[serde(flatten)]
    about: About,
    words: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct PrimitiveEntry {
    #[serde(flatten)]
    about: About,
    names: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    purposes: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct FeatureEntry {
    #[serde(flatten)]
    about: About,
}

#[derive(Debug, Deserialize)]
struct KeyEntry {
    #[serde(flatten)]
    about: About,
    types: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    below: u32,
}

fn list() -> &'static DenyList {
    static LIST: OnceLock<DenyList> = OnceLock::new();
    LIST.get_or_init(|| {
        let text = Catalogue::file(FILE).expect("the deny list is part of the program");
        toml::from_str(text).unwrap_or_else(|fault| panic!("{FILE}: {fault}"))
    })
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect()
}

fn holds_in_order(words_of_it: &[String], wanted: &str) -> bool {
    let wanted = words(wanted);
    !wanted.is_empty() && words_of_it.windows(wanted.len()).any(|window| window == wanted)
}

/// The name in a protocol: `TLSv1.0` → `TLS`, `MS-CHAPv2` → `MS-CHAP`.
fn family(protocol: &str) -> &str {
    let name = protocol.trim().split(|letter: char| letter.is_ascii_digit()).next().unwrap_or_default();
    let name = name.trim_end_matches([' ', '-', '_']);
    if name.len() == protocol.trim().len() { name } else { name.trim_end_matches(['v', 'V']) }
}

/// The number in a version: `TLSv1.0` → `1.0`.
fn number(version: &str) -> String {
    let from = version.find(|letter: char| letter.is_ascii_digit()).unwrap_or(version.len());
    version[from..].chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect()
}

/// `1` counts as `1.0`.
fn number_is(wanted: &str, written: &str) -> bool {
    wanted == written || wanted.strip_suffix(".0") == Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(weakness: Option<Weakness>) -> Option<&'static str> {
        weakness.map(|weakness| weakness.id)
    }

    #[test]
    fn old_versions_are_met_in_every_spelling_and_new_ones_never() {
        for (protocol, version) in
            [("TLS", "1.0"), ("tls", "TLSv1.1"), ("TLS", "v1"), ("TLS 1.0", ""), ("TLSv1.1", "")]
        {
            assert_eq!(id(broken_version(protocol, version)), Some("tls-old"), "{protocol} {version}");
        }
        assert_eq!(id(broken_version("TLS", "SSLv3")), Some("ssl"));
        assert_eq!(id(broken_version("SSL", "3.0")), Some("ssl"));
        assert_eq!(id(broken_version("SSLv3", "")), Some("ssl"));
        assert_eq!(id(broken_version("DTLS", "1.0")), Some("dtls-old"));
        for (protocol, version) in [
            ("TLS", "1.2"),
            ("TLS", "1.3"),
            ("TLS", ""),
            ("DTLS", "1.2"),
            ("SSH", "2.0"),
            ("SSH-2", ""),
            ("HTTP", "1.0"),
        ] {
            assert_eq!(id(broken_version(protocol, version)), None, "{protocol} {version}");
        }
    }

    #[test]
    fn suites_are_met_by_whole_words() {
        for (suite, wanted) in [
            ("TLS_RSA_WITH_RC4_128_SHA", Some("suite-rc4")),
            ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", Some("suite-3des")),
            ("TLS_RSA_WITH_DES_CBC_SHA", Some("suite-des")),
            ("TLS_RSA_WITH_NULL_SHA256", Some("suite-null")),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", Some("suite-anonymous")),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", Some("suite-export")),
            ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", None),
            ("TLS_CHACHA20_POLY1305_SHA256", None),
            ("TLS_RSA_WITH_AES_128_CBC_SHA", None),
        ] {
            assert_eq!(id(broken_suite(suite)), wanted, "{suite}");
        }
    }

    #[test]
    fn sha1_is_broken_in_signatures_and_not_in_a_mac() {
        assert_eq!(id(broken_primitive("SHA-1", Some("signature"))), Some("sha1-signature"));
        assert_eq!(id(broken_primitive("sha1WithRSAEncryption", None)), Some("sha1-signature"));
        assert_eq!(id(broken_primitive("SHA-1", Some("password-storage"))), None);
        assert_eq!(id(broken_primitive("HMAC-SHA-1", Some("integrity"))), None);
        assert_eq!(id(broken_primitive("PBKDF2-HMAC-SHA1", Some("password-storage"))), None);
        assert_eq!(id(broken_primitive("SHA-256", Some("signature"))), None);
        assert_eq!(id(broken_primitive("DES-CBC", None)), Some("des"));
        assert_eq!(id(broken_primitive("DES-EDE3-CBC", None)), Some("3des"));
        assert_eq!(id(broken_primitive("AES-128-GCM", None)), None);
    }

    #[test]
    fn short_keys_are_met_at_the_limit_and_not_above() {
        assert_eq!(id(weak_key("RSA", 2047)), Some("rsa-short"));
        assert_eq!(id(weak_key("RSA", 2048)), None);
        assert_eq!(id(weak_key("EC", 192)), Some("ec-short"));
        assert_eq!(id(weak_key("EC", 224)), None);
        assert_eq!(id(weak_key("Ed25519", 1)), None);
        // The number in the name of a parameter set is no length.
        assert_eq!(id(weak_key("ML-DSA", 44)), None);
        assert_eq!(key_in("AES-128-GCM"), ("AES-GCM".to_owned(), Some(128)));
        assert_eq!(key_in("EC-256"), ("EC".to_owned(), Some(256)));
    }

    #[test]
    fn a_declared_use_shows_everything_that_is_broken_in_it() {
        let good = Crypto {
            purpose: Some("transport".into()),
            protocol: Some("TLS".into()),
            versions: vec!["1.2".into(), "1.3".into()],
            suites: vec!["TLS_AES_128_GCM_SHA256".into()],
            certificate_key: Some("EC-256".into()),
            ..Crypto::default()
        };
        assert_eq!(broken(&good), []);
        let bad = Crypto {
            versions: vec!["1.0".into(), "1.2".into()],
            suites: vec!["TLS_RSA_WITH_RC4_128_MD5".into()],
            primitive: Some("RSA-PSS".into()),
            key_bits: Some(1024),
            certificate_key: Some("RSA-1024".into()),
            ..good
        };
        let ids: Vec<&str> = broken(&bad).iter().map(|weakness| weakness.id).collect();
        assert_eq!(ids, ["tls-old", "suite-rc4", "rsa-short", "rsa-short"]);
        assert!(lines(&broken(&bad)).contains("TLS 1.0 (RFC 8996, 2021-03)"));
    }

    #[test]
    fn every_entry_says_where_it_comes_from() {
        let list = list();
        let all = (list.version.iter().map(|entry| &entry.about))
            .chain(list.suite.iter().map(|entry| &entry.about))
            .chain(list.primitive.iter().map(|entry| &entry.about))
            .chain(list.key.iter().map(|entry| &entry.about))
            .chain(list.feature.iter().map(|entry| &entry.about));
        for about in all {
            assert!(!about.source.is_empty() && about.since.len() == 7, "{}", about.id);
            assert!(["high", "medium", "low"].contains(&about.confidence.as_str()), "{}", about.id);
        }
        assert_eq!(date(), "2026-11-21");
    }
}
