//! Which rows of the other tables cannot do without a security parameter, as their companions tell.

use ixit::companion::{FactorKind, Guarantee, ParameterContent, PasskeyOrigin, PeerTrust, Role, UpdateTrust};
use ixit::{Declaration, Row, TableContent};

use crate::updates_declared::verification::Means;

/// Tables whose rows have credentials, keys or certificates.
pub(super) const TABLES: [&str; 4] = ["auth_mech", "upd_mech", "com_mech", "sec_boot"];

/// A row that needs a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need<'a> {
    /// Table.
    pub(super) table: &'static str,
    /// Row.
    pub(super) row: &'a Row,
    /// What it needs.
    pub(super) what: What,
    /// Companion that shows it.
    pub(super) shown_by: &'static str,
    /// It cannot do without; else it may.
    pub(super) certain: bool,
}

/// What a row needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The value that a person enters.
    Password,
    /// A token.
    Token,
    /// A key of the authentication.
    Key,
    /// A certificate of the authentication, or what it is checked with.
    Certificate,
    /// The key that checks the signature of updates.
    SignatureKey,
    /// The certificate, key or authority by which the peer is known.
    PeerAnchor,
    /// The private key of the certificate that the device shows.
    ServerKey,
    /// The key that protects the messages.
    MessageKey,
    /// The key that checks the first software.
    BootKey,
}

impl What {
    /// In words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
            Self::Key => "key",
            Self::Certificate => "certificate",
            Self::SignatureKey => "key of the update signature",
            Self::PeerAnchor => "certificate or key of the peer",
            Self::ServerKey => "private key of the certificate",
            Self::MessageKey => "key of the messages",
            Self::BootKey => "key of the secure boot",
        }
    }

    /// Whether a value of this kind can be it; `None` for `other`.
    pub(super) fn can_be(self, content: ParameterContent) -> Option<bool> {
        use ParameterContent as C;
        let kinds: &[C] = match self {
            Self::Password => &[C::Password],
            Self::Token => &[C::Token, C::SecretKey, C::PublicKey, C::Certificate],
            Self::Key => &[C::PrivateKey, C::SecretKey, C::PublicKey],
            Self::Certificate => &[C::PrivateKey, C::PublicKey, C::Certificate],
            Self::SignatureKey | Self::BootKey => &[C::PublicKey, C::Certificate, C::SecretKey],
            Self::PeerAnchor => &[C::PublicKey, C::Certificate],
            Self::ServerKey => &[C::PrivateKey],
            Self::MessageKey => &[C::SecretKey],
        };
        (content != C::Other).then(|| kinds.contains(&content))
    }
}

/// What the tables need, and what of them does not tell it in a closed form.
#[derive(Debug, Default)]
pub(super) struct Needs<'a> {
    /// What is needed, in the order of the tables.
    pub(super) all: Vec<Need<'a>>,
    /// Tables without a word and rows without the companions that would tell, by name.
    pub(super) untold: Vec<String>,
}

impl<'a> Needs<'a> {
    /// Of a declaration.
    pub(super) fn of(declaration: &'a Declaration) -> Self {
        let mut needs = Self::default();
        for table in TABLES {
            match declaration.ixit.tables.get(table) {
                None | Some(TableContent::Form(_)) => needs.untold.push(table.to_owned()),
                Some(TableContent::Empty(_)) => {}
                Some(TableContent::Rows(rows)) => {
                    for row in rows {
                        needs.add(table, row);
                    }
                }
            }
        }
        needs
    }

    fn add(&mut self, table: &'static str, row: &'a Row) {
        let (told, closed) = match table {
            "auth_mech" => of_authentication(row),
            "upd_mech" => of_updates(row),
            "com_mech" => of_communication(row),
            _ => of_boot(row),
        };
        if !closed {
            self.untold.push(row.id.clone());
        }
        let need = |(what, shown_by, certain)| Need { table, row, what, shown_by, certain };
        self.all.extend(told.into_iter().map(need));
    }
}

/// What a row needs, with the companion that shows it, and whether it is certain; and whether the companions tell all.
type Told = (Vec<(What, &'static str, bool)>, bool);

fn of_authentication(row: &Row) -> Told {
    let kind = row.companions.factor.as_ref().map(|factor| factor.value.kind);
    let what = match kind {
        Some(FactorKind::Password | FactorKind::Pin) => What::Password,
        Some(FactorKind::Token) => What::Token,
        Some(FactorKind::Key) => What::Key,
        Some(FactorKind::Certificate) => What::Certificate,
        Some(FactorKind::Biometric | FactorKind::Other) | None => return (Vec::new(), false),
    };
    let mut told = vec![(what, "factor", true)];
    if let Some(pairing) = row.companions.pairing.as_ref().map(|pairing| &pairing.value) {
        // Digits that are drawn for each pairing need not be kept; the keys of a bond are, where the device makes one.
        let drawn = pairing.passkey == Some(PasskeyOrigin::EachTime);
        told = vec![(what, "factor", !drawn), (What::Key, "pairing", false)];
    }
    (told, true)
}

fn of_updates(row: &Row) -> Told {
    let crypto = &row.companions.crypto;
    let trust =
        row.companions.update.as_ref().map(|update| update.value.trust.as_slice()).unwrap_or_default();
    if Means::of(row).signature {
        return (vec![(What::SignatureKey, "crypto", true)], true);
    }
    if trust.contains(&UpdateTrust::Signature) {
        return (vec![(What::SignatureKey, "update", true)], true);
    }
    (Vec::new(), !crypto.is_empty() && !trust.is_empty())
}

fn of_communication(row: &Row) -> Told {
    let companions = &row.companions;
    let excluded = companions.excluded_protocol.as_ref().is_some_and(|excluded| excluded.value);
    if companions.crypto.is_empty() {
        return (Vec::new(), excluded);
    }
    let role = companions.role.as_ref().map(|role| role.value);
    let mut told = Vec::new();
    let mut closed = role.is_some();
    let mut add = |what: What, shown_by: &'static str, certain: bool| {
        if !told.contains(&(what, shown_by, certain)) {
            told.push((what, shown_by, certain));
        }
    };
    for crypto in companions.crypto.iter().map(|crypto| &crypto.value) {
        if crypto.certificate_key.is_some() {
            add(What::ServerKey, "crypto", true);
        }
        let purpose = crypto.purpose.as_deref().unwrap_or_default().to_lowercase();
        let protects =
            ["authentication", "encrypt", "認証", "暗号化"].iter().any(|word| purpose.contains(word));
        match (&crypto.protocol, role) {
            (Some(_), Some(Role::Client | Role::Peer)) => match companions.peer_trust.as_ref() {
                // Authorities that everybody trusts may be a parameter too; who believes everybody has none.
                Some(trust) if trust.value != PeerTrust::Nobody => {
                    add(What::PeerAnchor, "peer_trust", trust.value == PeerTrust::Pinned);
                }
                Some(_) => {}
                None => closed = false,
            },
            // A server without a certificate may have a shared key, or none.
            (Some(_), Some(Role::Server)) if companions.pairing.is_some() => {
                // The link is encrypted by what both sides agreed when they paired.
                add(What::MessageKey, "pairing", false);
            }
            (Some(_), Some(Role::Server)) => closed &= crypto.certificate_key.is_some(),
            (Some(_), None) => {}
            (None, _) if protects || crypto.key_bits.is_some() => add(What::MessageKey, "crypto", protects),
            (None, _) => {}
        }
    }
    (told, closed)
}

/// A boot that guarantees authenticity checks a signature; one that does not may compare hashes, and what they are
/// compared with may be a parameter or not.
fn of_boot(row: &Row) -> Told {
    let guarantees = &row.companions.guarantees;
    match guarantees.iter().any(|guarantee| guarantee.value == Guarantee::Authenticity) {
        true => (vec![(What::BootKey, "guarantees", true)], true),
        false => (Vec::new(), false),
    }
}
