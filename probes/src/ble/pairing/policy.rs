//! What the tester offers and insists on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::method::PairingMethod;
use crate::ble::smp::{ENCRYPTION_KEY, IDENTITY_KEY, IoCapability, PairingFeatures};
use crate::tls::client_hello::random;

/// What the tester offers, and what it insists on.
#[derive(Clone, Debug)]
pub struct PairingPolicy {
    /// What the tester claims to show and take in.
    pub io: IoCapability,
    /// Whether keys are to be kept.
    pub bonding: bool,
    /// Whether protection against somebody in the middle is asked for.
    pub mitm: bool,
    /// Whether the tester refuses a method without it.
    pub insist_on_mitm: bool,
    /// What is offered of LE Secure Connections.
    pub secure_connections: SecureConnections,
    /// Longest key that is offered, in octets; 7 to 16.
    pub max_key_size: u8,
    /// Shortest key that is taken.
    pub least_key_size: u8,
    /// Where the six digits come from.
    pub passkey: PasskeySource,
    /// What is said when both sides show six digits.
    pub numeric: NumericAnswer,
    /// The public key of the tester.
    pub own_key: OwnKey,
    /// Sent in place of the request that follows from the fields above; keys of the initiator are not given even
    /// if it announces them.
    pub as_written: Option<PairingFeatures>,
}

/// What is offered of LE Secure Connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecureConnections {
    /// It, or no pairing.
    Only,
    /// It, or legacy pairing where the device knows no better.
    Preferred,
    /// Legacy pairing: the device is asked to go down.
    Never,
}

/// Which public key the tester sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnKey {
    /// One that nobody else has.
    Fresh,
    /// The one that the specification publishes for debugging: everybody knows its secret.
    Debug,
    /// No point of the curve: a device has to notice.
    OffCurve,
}

/// Asks for six digits, or shows them; nothing: nobody gave them.
pub type Ask = Arc<dyn Fn(PasskeyQuestion) -> BoxFuture<'static, Option<u32>> + Send + Sync>;
/// Shows six digits; whether the device shows the same.
pub type Compare = Arc<dyn Fn(u32) -> BoxFuture<'static, bool> + Send + Sync>;

/// What is asked about a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyQuestion {
    /// Which digits does the device show, or have on its label?
    Read,
    /// These have to be typed at the device; the answer is any number when that was done.
    Type(u32),
}

/// Where six digits come from.
#[derive(Clone)]
pub enum PasskeySource {
    /// There are none.
    Nobody,
    /// Always these, whoever shows them.
    Fixed(u32),
    /// Somebody is asked.
    Asked(Ask),
}

impl PasskeySource {
    /// The digits for a method, waited for so long.
    pub(super) async fn given(&self, method: PairingMethod, wait: Duration) -> Option<u32> {
        match self {
            Self::Nobody => None,
            Self::Fixed(passkey) => Some(*passkey),
            Self::Asked(ask) => {
                let shown = u32::from_be_bytes(random::<4>()) % 1_000_000;
                let shows = method == PairingMethod::PasskeyShown;
                let question = if shows { PasskeyQuestion::Type(shown) } else { PasskeyQuestion::Read };
                let answer = tokio::time::timeout(wait, ask(question)).await.ok()??;
                Some(if shows { shown } else { answer })
            }
        }
    }
}

impl fmt::Debug for PasskeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "nobody",
            Self::Fixed(_) => "fixed",
            Self::Asked(_) => "asked",
        })
    }
}

/// What is said of six digits that both sides show.
#[derive(Clone)]
pub enum NumericAnswer {
    /// They are the same.
    Accept,
    /// They differ.
    Reject,
    /// Somebody is asked.
    Asked(Compare),
}

impl NumericAnswer {
    pub(super) async fn given(&self, digits: u32, wait: Duration) -> bool {
        match self {
            Self::Accept => true,
            Self::Reject => false,
            Self::Asked(compare) => tokio::time::timeout(wait, compare(digits)).await.unwrap_or(false),
        }
    }
}

impl fmt::Debug for NumericAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Asked(_) => "asked",
        })
    }
}

impl PairingPolicy {
    /// The least that can be offered: no input, no output, no protection against somebody in the middle.
    pub fn just_works() -> Self {
        Self {
            io: IoCapability::NoInputNoOutput,
            bonding: true,
            mitm: false,
            insist_on_mitm: false,
            secure_connections: SecureConnections::Preferred,
            max_key_size: 16,
            least_key_size: 7,
            passkey: PasskeySource::Nobody,
            numeric: NumericAnswer::Accept,
            own_key: OwnKey::Fresh,
            as_written: None,
        }
    }

    /// The tester types six digits that the device shows or has on its label.
    pub fn passkey(passkey: PasskeySource) -> Self {
        Self { io: IoCapability::KeyboardOnly, mitm: true, passkey, ..Self::just_works() }
    }

    /// Both sides show six digits, and somebody says whether they are the same.
    pub fn numeric(numeric: NumericAnswer) -> Self {
        Self { io: IoCapability::DisplayYesNo, mitm: true, numeric, ..Self::just_works() }
    }

    /// The same without LE Secure Connections.
    pub fn downgraded(self) -> Self {
        Self { secure_connections: SecureConnections::Never, ..self }
    }

    /// The same with keys of at most so many octets.
    pub fn with_key_size(self, max_key_size: u8) -> Self {
        Self { max_key_size, ..self }
    }

    /// The request that is sent.
    pub fn request(&self) -> PairingFeatures {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        let secure = self.secure_connections != SecureConnections::Never;
        self.as_written.unwrap_or(PairingFeatures {
            io: self.io,
            oob: false,
            auth_req: bit(self.bonding, 0x01) | bit(self.mitm, 0x04) | bit(secure, 0x08),
            max_key_size: self.max_key_size,
            initiator_keys: 0,
            responder_keys: bit(self.bonding, ENCRYPTION_KEY | IDENTITY_KEY),
        })
    }
}
