//! What declared cryptography gives at most: the fact sheet `catalogue/crypto/protocols.toml`.

use std::sync::OnceLock;

use ixit::companion::{Crypto, Guarantee};
use serde::Deserialize;

use super::policy::Policy;
use crate::catalogue::Catalogue;

const FILE: &str = "catalogue/crypto/protocols.toml";

/// What a use of cryptography gives at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// As it was declared, e.g. `TLS 1.2`.
    pub subject: String,
    /// The guarantees; `None` where the sheet does not know it.
    pub gives: Option<Vec<Guarantee>>,
    /// What it takes, or lacks.
    pub note: String,
    /// Where it can be read; empty for a kind.
    pub source: String,
}

impl Given {
    /// In one line, for a person.
    pub fn line(&self) -> String {
        let gives = match &self.gives {
            None => return format!("{}: not on the fact sheet", self.subject),
            Some(none) if none.is_empty() => "nothing by itself".to_owned(),
            Some(gives) => {
                format!("at most {}", gives.iter().map(|given| given.as_str()).collect::<Vec<_>>().join(", "))
            }
        };
        let source = if self.source.is_empty() { String::new() } else { format!(" ({})", self.source) };
        format!("{}: {gives}; {}{source}", self.subject, self.note)
    }
}

/// What each declared use gives at most: every version of a protocol, and every primitive.
pub fn given(policy: &Policy, crypto: &Crypto) -> Vec<Given> {
    let mut names = Vec::new();
    if let Some(protocol) = &crypto.protocol {
        if crypto.versions.is_empty() {
            names.push(protocol.clone());
        }
        names.extend(crypto.versions.iter().map(|version| format!("{protocol} {version}")));
    }
    if crypto.protocol.is_none() {
        names.extend(crypto.primitive.clone());
    }
    names.into_iter().map(|name| of_name(policy, name)).collect()
}

/// The declared guarantees that none of the uses can give; empty where the sheet does not know one of them.
pub fn beyond(given: &[Given], declared: &[Guarantee]) -> Vec<Guarantee> {
    if given.is_empty() || given.iter().any(|given| given.gives.is_none()) {
        return Vec::new();
    }
    let gives = |wanted: &Guarantee| {
        given.iter().flat_map(|given| given.gives.iter().flatten()).any(|it| it == wanted)
    };
    declared.iter().filter(|wanted| !gives(wanted)).copied().collect()
}

fn of_name(policy: &Policy, subject: String) -> Given {
    let known = policy.vocabulary.named(&subject);
    let protocol =
        known.and_then(|known| sheet().protocol.iter().find(|entry| entry.mechanisms.contains(&known.id)));
    if let Some(entry) = protocol {
        let source = format!("{}, {}", entry.source, entry.date);
        return Given { subject, gives: Some(guarantees(&entry.gives)), note: entry.note.clone(), source };
    }
    match known.and_then(|known| sheet().kind.iter().find(|entry| entry.kinds.contains(&known.kind))) {
        Some(entry) => Given {
            subject,
            gives: Some(guarantees(&entry.gives)),
            note: entry.note.clone(),
            source: String::new(),
        },
        None => Given { subject, gives: None, note: String::new(), source: String::new() },
    }
}

fn guarantees(names: &[String]) -> Vec<Guarantee> {
    ALL.iter().filter(|guarantee| names.iter().any(|name| name == guarantee.as_str())).copied().collect()
}

const ALL: &[Guarantee] = &[
    Guarantee::Integrity,
    Guarantee::Authenticity,
    Guarantee::Confidentiality,
    Guarantee::ReplayProtection,
    Guarantee::PeerAuthentication,
    Guarantee::TamperResistance,
    Guarantee::AntiRollback,
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    #[serde(rename = "sheet")]
    _about: About,
    protocol: Vec<Protocol>,
    kind: Vec<OfKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    #[serde(rename = "date")]
    _date: jiff::civil::Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Protocol {
    mechanisms: Vec<String>,
    gives: Vec<String>,
    note: String,
    source: String,
    date: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfKind {
    kinds: Vec<String>,
    gives: Vec<String>,
    note: String,
}

fn sheet() -> &'static Sheet {
    static SHEET: OnceLock<Sheet> = OnceLock::new();
    SHEET.get_or_init(|| {
        let text = Catalogue::file(FILE).expect("the fact sheet is part of the program");
        toml::from_str(text).unwrap_or_else(|fault| panic!("{FILE}: {fault}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crypto(protocol: Option<&str>, versions: &[&str], primitive: Option<&str>) -> Crypto {
        Crypto {
            protocol: protocol.map(str::to_owned),
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
            primitive: primitive.map(str::to_owned),
            ..Crypto::default()
        }
    }

    #[test]
    fn every_entry_names_known_mechanisms_and_guarantees() {
        let vocabulary = &Policy::standard().vocabulary;
        for entry in &sheet().protocol {
            assert_eq!(guarantees(&entry.gives).len(), entry.gives.len(), "{:?}", entry.mechanisms);
            for id in &entry.mechanisms {
                assert_eq!(vocabulary.named(id).map(|known| known.kind.as_str()), Some("protocol"), "{id}");
            }
        }
        for entry in &sheet().kind {
            assert_eq!(guarantees(&entry.gives).len(), entry.gives.len(), "{:?}", entry.kinds);
        }
        for known in &vocabulary.mechanisms {
            let given = of_name(Policy::standard(), known.id.clone());
            assert!(given.gives.is_some(), "{} is not on the fact sheet", known.id);
        }
    }

    #[test]
    fn a_guarantee_beyond_what_all_uses_give_is_told_and_unknown_ones_settle_nothing() {
        let policy = Policy::standard();
        let frames = given(policy, &crypto(None, &[], Some("AES-128-CMAC")));
        assert_eq!(
            beyond(&frames, &[Guarantee::Integrity, Guarantee::Confidentiality]),
            [Guarantee::Confidentiality]
        );
        let tls = given(policy, &crypto(Some("TLS"), &["1.2", "1.3"], None));
        assert!(beyond(&tls, &[Guarantee::Confidentiality, Guarantee::PeerAuthentication]).is_empty());
        let unknown = given(policy, &crypto(None, &[], Some("HINODE-64")));
        assert!(beyond(&unknown, &[Guarantee::Confidentiality]).is_empty());
        assert!(beyond(&[], &[Guarantee::Confidentiality]).is_empty());
        let pairing = given(policy, &crypto(Some("LE Secure Connections Just Works"), &[], None));
        assert_eq!(beyond(&pairing, &[Guarantee::PeerAuthentication]), [Guarantee::PeerAuthentication]);
    }
}
