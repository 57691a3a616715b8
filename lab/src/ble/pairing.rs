//! Pairing, from the side of the peripheral (core specification, volume 3, part H). Secure Connections with passkey,
//! numeric comparison or nothing, and the older way with passkey or nothing.

mod legacy;
mod secure;

use super::DeviceAddress;
use super::crypto::{Block, random_block, reversed};
use crate::behaviour::ble::{LegacyRule, PairingRules, PanelUse};

use self::legacy::Legacy;
use self::secure::Secure;

/// Codes of the security manager.
pub(crate) mod code {
    pub(crate) const REQUEST: u8 = 1;
    pub(crate) const RESPONSE: u8 = 2;
    pub(crate) const CONFIRM: u8 = 3;
    pub(crate) const RANDOM: u8 = 4;
    pub(crate) const FAILED: u8 = 5;
    pub(crate) const ENCRYPTION_INFORMATION: u8 = 6;
    pub(crate) const CENTRAL_IDENTIFICATION: u8 = 7;
    pub(crate) const IDENTITY_INFORMATION: u8 = 8;
    pub(crate) const IDENTITY_ADDRESS: u8 = 9;
    pub(crate) const PUBLIC_KEY: u8 = 0x0c;
    pub(crate) const DH_KEY_CHECK: u8 = 0x0d;
}

/// Why pairing fails.
pub(crate) mod failure {
    pub(crate) const AUTHENTICATION_REQUIREMENTS: u8 = 3;
    pub(crate) const CONFIRM_VALUE: u8 = 4;
    pub(crate) const NOT_SUPPORTED: u8 = 5;
    pub(crate) const KEY_SIZE: u8 = 6;
    pub(crate) const COMMAND: u8 = 7;
    pub(crate) const UNSPECIFIED: u8 = 8;
    pub(crate) const REPEATED_ATTEMPTS: u8 = 9;
    pub(crate) const INVALID_PARAMETERS: u8 = 0x0a;
    pub(crate) const DH_KEY_CHECK: u8 = 0x0b;
    pub(crate) const NUMERIC_COMPARISON: u8 = 0x0c;
}

/// Bits of the requirements.
pub(crate) const BONDING: u8 = 0x01;
pub(crate) const MITM: u8 = 0x04;
pub(crate) const SECURE_CONNECTIONS: u8 = 0x08;
/// Bits of the keys that are handed out.
pub(crate) const ENCRYPTION_KEY: u8 = 0x01;
pub(crate) const IDENTITY_KEY: u8 = 0x02;

/// How the two sides make sure of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Nothing,
    Passkey(u32),
    Comparison,
}

/// Both sides of a pairing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parties {
    pub(super) central: DeviceAddress,
    pub(super) own: DeviceAddress,
}

/// What both sides said at first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features {
    /// Without their code: capabilities, out-of-band flag, requirements, key size, keys of the initiator and of the
    /// responder.
    pub(super) request: [u8; 6],
    pub(super) response: [u8; 6],
    pub(super) key_size: u8,
}

/// What the panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    /// Nothing about pairing.
    #[default]
    Blank,
    /// A passkey that is to be entered at the other side.
    Passkey(u32),
    /// A number that is to be compared with the other side's.
    Compare(u32),
}

/// A key that came out of a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NewKey {
    pub(super) key: Block,
    pub(super) authenticated: bool,
    pub(super) secure: bool,
    pub(super) size: u8,
}

/// What follows from a packet of the other side.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) answers: Vec<Vec<u8>>,
    /// Pairing ended with that reason; the answer that says so is among the answers, if one is due.
    pub(super) failed: Option<u8>,
    /// What the panel shows from now on.
    pub(super) panel: Option<Panel>,
}

impl Outcome {
    fn answer(code: u8, body: &[u8]) -> Self {
        Self { answers: vec![[&[code], body].concat()], ..Self::default() }
    }

    pub(super) fn failure(reason: u8) -> Self {
        Self { answers: vec![vec![code::FAILED, reason]], failed: Some(reason), panel: Some(Panel::Blank) }
    }
}

/// A pairing under way.
#[derive(Debug)]
pub(super) struct Pairing {
    pub(super) features: Features,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Secure(Box<Secure>),
    Legacy(Legacy),
}

impl Pairing {
    /// Answers the request of a central, whose body is without its code.
    pub(super) fn begin(
        body: &[u8],
        rules: &PairingRules,
        panel_use: PanelUse,
        parties: Parties,
    ) -> (Option<Self>, Outcome) {
        let Ok(request) = <[u8; 6]>::try_from(body) else {
            return (None, Outcome::failure(failure::INVALID_PARAMETERS));
        };
        match Self::agree(request, rules, panel_use, parties) {
            Ok((pairing, outcome)) => (Some(pairing), outcome),
            Err(reason) => (None, Outcome::failure(reason)),
        }
    }

    fn agree(
        request: [u8; 6],
        rules: &PairingRules,
        panel_use: PanelUse,
        parties: Parties,
    ) -> Result<(Self, Outcome), u8> {
        let [their_io, _, required, their_size, initiator_keys, responder_keys] = request;
        if their_io > 4 || !(7..=16).contains(&their_size) {
            return Err(failure::INVALID_PARAMETERS);
        }
        let (shortest, longest) = if rules.short_key { (7, 7) } else { (16, 16) };
        let key_size = their_size.min(longest);
        if key_size < shortest {
            return Err(failure::KEY_SIZE);
        }
        let secure = required & SECURE_CONNECTIONS != 0 && rules.legacy != LegacyRule::Only;
        if !secure && rules.legacy == LegacyRule::Refused {
            return Err(failure::AUTHENTICATION_REQUIREMENTS);
        }
        let own_io = match (rules.just_works, panel_use) {
            (true, _) => 3,
            (false, PanelUse::Passkey) => 0,
            (false, PanelUse::Comparison) => 1,
        };
        let method = match (own_io, their_io) {
            (3, _) => Method::Nothing,
            // Both show, and both can say yes.
            (1, 1 | 4) if secure => Method::Comparison,
            (_, 2 | 4) => Method::Passkey(rules.fixed_passkey.unwrap_or_else(drawn_passkey)),
            _ => Method::Nothing,
        };
        if method == Method::Nothing && !rules.just_works {
            return Err(failure::AUTHENTICATION_REQUIREMENTS);
        }
        let mut offered = BONDING;
        if !rules.just_works {
            offered |= MITM;
        }
        if rules.legacy != LegacyRule::Only {
            offered |= SECURE_CONNECTIONS;
        }
        let ours = if secure { IDENTITY_KEY } else { ENCRYPTION_KEY | IDENTITY_KEY };
        let response = [own_io, 0, offered, longest, initiator_keys & IDENTITY_KEY, responder_keys & ours];
        let features = Features { request, response, key_size };
        let panel = match method {
            Method::Passkey(passkey) => Panel::Passkey(passkey),
            _ => Panel::Blank,
        };
        let stage = match secure {
            true => Stage::Secure(Box::new(Secure::new(method, parties, features, rules.debug_key_accepted))),
            false => Stage::Legacy(Legacy::new(method, parties, features)),
        };
        let outcome = Outcome { panel: Some(panel), ..Outcome::answer(code::RESPONSE, &response) };
        Ok((Self { features, stage }, outcome))
    }

    /// Takes a packet of the other side, without its code.
    pub(super) fn packet(&mut self, code: u8, body: &[u8]) -> Outcome {
        let next = match &mut self.stage {
            Stage::Secure(secure) => secure.packet(code, body),
            Stage::Legacy(legacy) => legacy.packet(code, body),
        };
        next.unwrap_or_else(Outcome::failure)
    }

    /// The person at the panel says that the numbers are the same, or not.
    pub(super) fn compared(&mut self, same: bool) -> Outcome {
        match &mut self.stage {
            Stage::Secure(secure) => secure.compared(same).unwrap_or_else(Outcome::failure),
            Stage::Legacy(_) => Outcome::default(),
        }
    }

    /// The key with which the link is to be encrypted now, once it is agreed.
    pub(super) fn key(&self) -> Option<NewKey> {
        match &self.stage {
            Stage::Secure(secure) => secure.key(),
            Stage::Legacy(legacy) => legacy.key(),
        }
    }

    /// Keys that this side hands out as soon as the link is encrypted.
    pub(super) fn handed_out(&self) -> u8 {
        self.features.response[5]
    }

    /// Keys that the other side hands out after that.
    pub(super) fn handed_in(&self) -> u8 {
        self.features.response[4]
    }
}

/// A passkey that nobody foretells.
fn drawn_passkey() -> u32 {
    (crate::chance::bits() % 1_000_000) as u32
}

/// A passkey as a key.
fn passkey_block(passkey: u32) -> Block {
    u128::from(passkey).to_be_bytes()
}

/// A block from the air.
fn block(body: &[u8]) -> Result<Block, u8> {
    body.try_into().map(reversed).map_err(|_| failure::INVALID_PARAMETERS)
}

/// A block as an answer.
fn answer_block(code: u8, value: Block) -> Outcome {
    Outcome::answer(code, &reversed(value))
}

/// A nonce.
fn nonce() -> Block {
    random_block()
}
