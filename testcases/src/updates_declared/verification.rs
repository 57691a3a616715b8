//! How a mechanism verifies an update, from what is declared in closed form: by which cryptography, by whom, when, and
//! for which device. The conceptual units of 5.3-9 judge by it, and 5.3-10-1 a again.

use ixit::Row;
use ixit::companion::{Crypto, Guarantee};

use super::update;
use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What is verified of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// It comes from the supplier and is made for this device.
    Authenticity,
    /// It is as the supplier made it.
    Integrity,
}

/// Kinds of cryptography in the companion `crypto` of a mechanism.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Any is declared.
    pub declared: bool,
    /// Signature over the update.
    pub signature: bool,
    /// The same, and by which primitive.
    pub signature_named: bool,
    /// Authentication code with a secret key.
    pub authentication_code: bool,
    /// Checksum with cryptographic strength.
    pub hash: bool,
    /// Protected transport.
    pub transport: bool,
    /// The same, and by which protocol.
    pub protocol: bool,
    /// Encryption of the update itself.
    pub encryption: bool,
    /// Something that the machine cannot tell the kind of.
    pub unread: bool,
}

/// Parts of names of signatures, codes, checksums and ciphers, in upper case.
const SIGNATURES: &[&str] = &["ED25519", "ED448", "ECDSA", "RSA", "DSA", "LMS", "XMSS"];
const CODES: &[&str] = &["MAC", "POLY1305"];
const HASHES: &[&str] = &["SHA", "BLAKE"];
const CIPHERS: &[&str] = &["AES", "CHACHA20", "CAMELLIA", "ASCON"];
/// Modes of ciphers that authenticate what they encrypt.
const AUTHENTICATED: &[&str] = &["GCM", "CCM", "OCB", "EAX", "SIV", "ASCON"];

impl Property {
    /// The guarantee that promises it.
    pub fn guarantee(self) -> Guarantee {
        match self {
            Self::Authenticity => Guarantee::Authenticity,
            Self::Integrity => Guarantee::Integrity,
        }
    }

    /// Whether the device itself is declared to verify it.
    pub fn by_device(self, row: &Row) -> Option<bool> {
        let update = update(row)?;
        match self {
            Self::Authenticity => update.authenticity_by_dut,
            Self::Integrity => update.integrity_by_dut,
        }
    }

    /// Key of the entry that tells so.
    pub fn key(self) -> &'static str {
        match self {
            Self::Authenticity => "update.authenticity_by_dut",
            Self::Integrity => "update.integrity_by_dut",
        }
    }

    /// Whether the declared cryptography can show it.
    pub fn shown_by(self, means: Means) -> bool {
        let either = means.signature || means.authentication_code || means.transport;
        either || self == Self::Integrity && means.hash
    }

    /// Whether cryptography is declared, every entry of it can be read, and none can show it.
    pub fn ruled_out_by(self, means: Means) -> bool {
        means.declared && !means.unread && !self.shown_by(means)
    }
}

impl Means {
    /// Of a mechanism.
    pub fn of(row: &Row) -> Self {
        let mut means = Self { declared: !row.companions.crypto.is_empty(), ..Self::default() };
        for crypto in &row.companions.crypto {
            means.add(&crypto.value);
        }
        means
    }

    fn add(&mut self, crypto: &Crypto) {
        let purpose = crypto.purpose.as_deref().unwrap_or_default().to_lowercase();
        let primitive = crypto.primitive.as_deref().unwrap_or_default().to_uppercase();
        let named = |parts: &[&str]| parts.iter().any(|part| primitive.contains(part));
        let meant = |parts: &[&str]| parts.iter().any(|part| purpose.contains(part));
        if meant(&["transport"]) || crypto.protocol.is_some() {
            self.transport = true;
            self.protocol |= crypto.protocol.is_some();
        } else if meant(&["sign", "署名"]) {
            self.signature = true;
            self.signature_named |= named(SIGNATURES);
        } else if named(CODES) {
            self.authentication_code = true;
        } else if named(CIPHERS) {
            self.encryption = true;
            self.authentication_code |= named(AUTHENTICATED);
        } else if meant(&["encrypt", "暗号化", "key-"]) {
            self.encryption = true;
        } else if named(SIGNATURES) {
            self.signature = true;
            self.signature_named = true;
        } else if named(HASHES) {
            self.hash = true;
        } else {
            self.unread = true;
        }
    }

    /// In one line.
    pub fn listed(self) -> String {
        let named = [
            ("signature", self.signature),
            ("authentication code", self.authentication_code),
            ("checksum", self.hash),
            ("transport", self.transport),
            ("encryption", self.encryption),
            ("something else", self.unread),
        ];
        let named: Vec<&str> = named.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect();
        if named.is_empty() { "none".to_owned() } else { named.join(", ") }
    }
}

/// Whether every selected mechanism properly verifies the properties. What the closed declaration contradicts fails; a
/// person passes.
pub fn properly_verified(facts: &Facts<'_>, unit: &Unit, properties: &[Property]) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let contradiction = properties.iter().find_map(|property| contradicted(item.row, *property));
        if let Some((reason, shown_by)) = contradiction {
            return Look::Contradiction { reason, shown_by };
        }
        let told: Vec<_> = properties.iter().map(|property| told(item.row, *property)).collect();
        let sound = told.iter().all(|(_, sound)| *sound);
        let mut lines: Vec<String> = told.into_iter().flat_map(|(lines, _)| lines).collect();
        lines.dedup();
        let keys = ["update", "crypto", "guarantees"];
        let look = Look::question(item, &keys, sound.then_some(Verdict::Pass));
        lines.into_iter().fold(look, |look, line| look.computed("computed.update-verification", line))
    })
}

/// What of the closed declaration shows that a property is not properly verified before the installation.
pub fn contradicted(row: &Row, property: Property) -> Option<(Reason, &'static str)> {
    let reason = |code: &str| Reason::new(code).with("row", &row.id).expected_by("criterion");
    if guarantees::standing(row, property.guarantee()) == Standing::Lacking {
        return Some((lacking(row, property.guarantee()), guarantee_key(row)));
    }
    let said = update(row);
    if said.and_then(|update| update.verified_before_installation) == Some(false) {
        return Some((reason("update-installed-before-check"), "update"));
    }
    if property == Property::Authenticity && said.and_then(|update| update.bound_to_model) == Some(false) {
        return Some((reason("update-for-any-model"), "update"));
    }
    let means = Means::of(row);
    property.ruled_out_by(means).then(|| {
        let reason = reason("update-check-without-cryptography")
            .with("guarantee", property.guarantee().as_str())
            .with("declared", means.listed());
        (reason, "crypto")
    })
}

/// A guarantee that is not declared.
pub fn lacking(row: &Row, guarantee: Guarantee) -> Reason {
    Reason::new("guarantee-missing")
        .with("row", &row.id)
        .with("guarantee", guarantee.as_str())
        .with("declared", guarantees::declared(row))
        .expected_by("criterion")
}

/// Where the guarantees of a row are read: the companion, where there is one.
pub fn guarantee_key(row: &Row) -> &'static str {
    if row.companions.guarantees.is_empty() { "security_guarantees" } else { "guarantees" }
}

/// What speaks for a proper verification, line by line, and whether all of it does.
fn told(row: &Row, property: Property) -> (Vec<String>, bool) {
    let said = update(row);
    let means = Means::of(row);
    let before = said.and_then(|update| update.verified_before_installation);
    let bound = said.and_then(|update| update.bound_to_model);
    let by_device = property.by_device(row);
    let standing = guarantees::standing(row, property.guarantee());
    let word = |value: Option<bool>| match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "nothing is said",
    };
    let mut lines = vec![
        format!("{} guaranteed: {}", property.guarantee().as_str(), guarantees::declared(row)),
        format!("cryptography: {}", means.listed()),
        format!("verified before the installation: {}", word(before)),
        format!("verified by the device itself: {}", word(by_device)),
    ];
    let mut all = standing == Standing::Given
        && before == Some(true)
        && by_device == Some(true)
        && means.declared
        && property.shown_by(means);
    if property == Property::Authenticity {
        lines.push(format!("refused for another model: {}", word(bound)));
        all &= bound == Some(true);
    }
    (lines, all)
}
