//! What a policy asks of pairing over Bluetooth LE, and what a pairing lacks of it.

use ixit::companion::{Pairing, PairingWay};
use serde::{Deserialize, Serialize};

/// How sure both sides have to be of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairingLevel {
    /// The link is encrypted; whoever stands between the two at the pairing is not noticed (just works).
    Encrypted,
    /// A passkey, a comparison of numbers or another way makes sure of the other side.
    Authenticated,
}

/// The least that is enough where users are authenticated, or what only they may do or read is offered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LeastPairing {
    /// Least level.
    pub user_authentication: PairingLevel,
    /// LE legacy pairing is not enough.
    pub secure_connections: bool,
    /// Least length of the key of the link, in octets.
    pub least_key_octets: u8,
    /// Why, in a sentence.
    pub why: String,
    /// Where it can be read.
    pub source: String,
    /// Date of the source, `YYYY-MM`.
    pub date: String,
}

/// A pairing, as it was declared or seen; what is not known is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairingFacts {
    /// Both sides made sure of each other.
    pub authenticated: Option<bool>,
    /// LE Secure Connections, not legacy pairing.
    pub secure_connections: Option<bool>,
    /// Length of the key in octets.
    pub key_octets: Option<u8>,
}

/// What a pairing lacks of the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingLack {
    /// Nobody made sure of the other side.
    Authentication,
    /// It is LE legacy pairing.
    SecureConnections,
    /// The key is too short.
    KeyLength,
}

impl PairingLack {
    /// Its name in reasons.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::SecureConnections => "secure-connections",
            Self::KeyLength => "key-length",
        }
    }
}

impl PairingFacts {
    /// The weakest pairing that a device takes by its declaration. Without a least length it may take any key.
    pub fn declared(pairing: &Pairing) -> Self {
        Self {
            authenticated: Some(pairing.method != PairingWay::JustWorks),
            secure_connections: Some(pairing.secure_connections_only),
            key_octets: pairing.least_key_octets.map(|octets| u8::try_from(octets).unwrap_or(u8::MAX)),
        }
    }
}

impl LeastPairing {
    /// What a pairing lacks. What is not known of it lacks nothing: ask [`Self::is_met_by`] for a PASS.
    pub fn lacking(&self, pairing: PairingFacts) -> Vec<PairingLack> {
        let authenticated =
            self.user_authentication <= PairingLevel::Encrypted || pairing.authenticated != Some(false);
        let secure = !self.secure_connections || pairing.secure_connections != Some(false);
        let long = pairing.key_octets.is_none_or(|octets| octets >= self.least_key_octets);
        [
            (authenticated, PairingLack::Authentication),
            (secure, PairingLack::SecureConnections),
            (long, PairingLack::KeyLength),
        ]
        .into_iter()
        .filter_map(|(met, lack)| (!met).then_some(lack))
        .collect()
    }

    /// Whether all that is asked is known of a pairing, and enough.
    pub fn is_met_by(&self, pairing: PairingFacts) -> bool {
        let authenticated =
            self.user_authentication <= PairingLevel::Encrypted || pairing.authenticated == Some(true);
        let secure = !self.secure_connections || pairing.secure_connections == Some(true);
        authenticated && secure && pairing.key_octets.is_some_and(|octets| octets >= self.least_key_octets)
    }

    /// In one line, for a person.
    pub fn line(&self) -> String {
        let level = match self.user_authentication {
            PairingLevel::Encrypted => "encrypted",
            PairingLevel::Authenticated => "authenticated",
        };
        let secure = if self.secure_connections { "LE Secure Connections" } else { "legacy pairing too" };
        format!(
            "{level}, {secure}, key of {} octets at least ({}, {})",
            self.least_key_octets, self.source, self.date
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Policy;

    const SOUND: PairingFacts =
        PairingFacts { authenticated: Some(true), secure_connections: Some(true), key_octets: Some(16) };

    #[test]
    fn the_standard_policy_lets_a_sound_pairing_through_and_names_what_a_weak_one_lacks() {
        let least = Policy::standard().bluetooth_le.as_ref().expect("the standard policy asks something");
        assert!(least.is_met_by(SOUND) && least.lacking(SOUND).is_empty());
        for (weak, lack) in [
            (PairingFacts { authenticated: Some(false), ..SOUND }, PairingLack::Authentication),
            (PairingFacts { secure_connections: Some(false), ..SOUND }, PairingLack::SecureConnections),
            (PairingFacts { key_octets: Some(15), ..SOUND }, PairingLack::KeyLength),
        ] {
            assert_eq!(least.lacking(weak), [lack]);
            assert!(!least.is_met_by(weak), "{lack:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_neither_enough_nor_too_little() {
        let least = Policy::standard().bluetooth_le.as_ref().expect("the standard policy asks something");
        for partly in [
            PairingFacts { authenticated: None, ..SOUND },
            PairingFacts { secure_connections: None, ..SOUND },
            PairingFacts { key_octets: None, ..SOUND },
        ] {
            assert!(least.lacking(partly).is_empty() && !least.is_met_by(partly), "{partly:?}");
        }
    }

    #[test]
    fn a_policy_that_asks_less_takes_just_works_and_legacy_pairing() {
        let least = LeastPairing {
            user_authentication: PairingLevel::Encrypted,
            secure_connections: false,
            least_key_octets: 7,
            why: String::new(),
            source: String::new(),
            date: String::new(),
        };
        let weak =
            PairingFacts { authenticated: Some(false), secure_connections: Some(false), key_octets: Some(7) };
        assert!(least.is_met_by(weak) && least.lacking(weak).is_empty());
    }

    #[test]
    fn what_a_declaration_says_is_the_weakest_that_is_taken() {
        let declared = Pairing {
            method: PairingWay::JustWorks,
            passkey: None,
            secure_connections_only: false,
            least_key_octets: Some(7),
            strangers: None,
        };
        let weak =
            PairingFacts { authenticated: Some(false), secure_connections: Some(false), key_octets: Some(7) };
        assert_eq!(PairingFacts::declared(&declared), weak);
        let compared =
            Pairing { method: PairingWay::NumericComparison, secure_connections_only: true, ..declared };
        assert_eq!(
            PairingFacts::declared(&compared),
            PairingFacts { authenticated: Some(true), secure_connections: Some(true), key_octets: Some(7) }
        );
    }

    #[test]
    fn every_policy_that_asks_something_says_where_it_stands() {
        for policy in Policy::all().values() {
            let Some(least) = &policy.bluetooth_le else { continue };
            assert!((7..=16).contains(&least.least_key_octets), "{}", policy.terms.id);
            assert!(!least.source.is_empty() && !least.why.is_empty(), "{}", policy.terms.id);
        }
    }
}
