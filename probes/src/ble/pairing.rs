//! Pairing as the initiator, under a policy that says exactly what is offered and what is insisted on.
//!
//! What the device answers is told step by step in a [`PairingReport`]. A failure of the device is never answered
//! by a failure; one of the tester's own is told once.

mod keys;
mod legacy;
mod method;
mod policy;
#[cfg(test)]
mod responder;
mod secure;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::address::DeviceAddress;
use super::backend::BleError;
use super::host::{Host, KeyFacts};
use super::l2cap;
use super::octets::Malformed;
use super::smp::{PairingFeatures, Pdu, SmpReason};
use super::smp_crypto::Number;

pub use method::PairingMethod;
pub use policy::{
    Ask, Compare, NumericAnswer, OwnKey, PairingPolicy, PasskeyQuestion, PasskeySource, SecureConnections,
};

/// What a pairing came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairingReport {
    /// What the tester offered; what was asked of it where a stack decides itself.
    pub request: PairingFeatures,
    /// What the device answered.
    pub response: Option<PairingFeatures>,
    /// The method that follows from both.
    pub method: Option<PairingMethod>,
    /// LE Secure Connections, and not legacy pairing.
    pub secure_connections: Option<bool>,
    /// Length of the key that follows from both, in octets.
    pub key_size: Option<u8>,
    /// The public key of the device.
    pub device_key: Option<DeviceKey>,
    /// Passkey rounds, of 20, that the device took.
    pub passkey_rounds: u8,
    /// The device went on after it was sent a public key that lies off the curve.
    pub went_on_with_invalid_key: bool,
    /// Kinds of keys that the device gave.
    pub keys_given: Vec<String>,
    /// Authentication requirements of a security request that the device sent by itself.
    pub security_request: Option<u8>,
    /// How it ended.
    pub outcome: PairingOutcome,
    /// How long it took.
    pub seconds: f64,
    /// What the next link can be encrypted by. Never stored.
    #[serde(skip)]
    pub bond: Option<Bond>,
}

/// The public key of a device, by its digest, so that keys that are used again are seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKey {
    /// `sha256:…` over both coordinates.
    pub digest: String,
    /// It is the key that the specification publishes for debugging.
    pub is_debug_key: bool,
    /// It is the tester's own key, given back.
    pub is_reflected: bool,
    /// It is a point of the curve.
    pub is_valid: bool,
}

/// How a pairing ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "end")]
pub enum PairingOutcome {
    /// The link is encrypted.
    Paired,
    /// The device refused.
    RefusedByDevice {
        /// Why.
        reason: SmpReason,
    },
    /// The policy of the tester, or a check that did not fit.
    RefusedByTester {
        /// What the device was told.
        reason: SmpReason,
        /// What was wrong.
        why: String,
    },
    /// The link ended.
    LinkLost {
        /// Reason that the controller gives.
        reason: u8,
    },
    /// The device said no more.
    Silent {
        /// What was waited for.
        waiting_for: String,
    },
    /// It came to nothing, and the way does not tell whose doing that was.
    Unexplained {
        /// What it tells.
        why: String,
    },
    /// Both agreed, and encryption did not begin.
    EncryptionFailed {
        /// Status that the controller gives.
        status: u8,
    },
}

/// What a pairing left for the next link. Its secrets are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Bond {
    /// The device, under the address at which it was met.
    pub peer: DeviceAddress,
    /// The address of its own under which the tester was met.
    pub own: DeviceAddress,
    /// The address that the device says is its own.
    pub identity: Option<DeviceAddress>,
    identity_key: Option<Number>,
    key: Number,
    rand: [u8; 8],
    ediv: u16,
    facts: KeyFacts,
}

impl Bond {
    /// Whether this address is one that the device of the bond made; `false` too where it gave no key.
    pub fn knows(&self, address: DeviceAddress) -> bool {
        self.identity_key.is_some_and(|key| super::smp_crypto::resolves(&key, address))
    }
}

impl fmt::Debug for Bond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bond of {} with {}", self.own, self.peer)
    }
}

/// Why a pairing goes no further.
#[derive(Debug)]
enum Stop {
    /// The device said so.
    Device(SmpReason),
    /// The tester says so.
    Tester(SmpReason, String),
    /// Encryption did not begin.
    Encryption(u8),
    /// Neither.
    Other(BleError),
}

impl From<BleError> for Stop {
    fn from(error: BleError) -> Self {
        match error {
            BleError::Malformed(malformed) => malformed.into(),
            other => Self::Other(other),
        }
    }
}

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Self::Tester(SmpReason::INVALID_PARAMETERS, malformed.to_string())
    }
}

/// Pairs.
///
/// # Errors
/// What is the tester's trouble, and a flood. What the device does is in the report.
pub(super) async fn pair(host: &mut Host, policy: &PairingPolicy) -> Result<PairingReport, BleError> {
    let began = Instant::now();
    let link = host.link()?;
    let (security_request, peer) = (link.security_request, link.peer);
    let request = policy.request();
    let mut report = PairingReport {
        request,
        response: None,
        method: None,
        secure_connections: None,
        key_size: None,
        device_key: None,
        passkey_rounds: 0,
        went_on_with_invalid_key: false,
        keys_given: Vec::new(),
        security_request,
        outcome: PairingOutcome::Paired,
        seconds: 0.0,
        bond: None,
    };
    host.forget_answers(l2cap::SMP);
    let mut attempt = Attempt { peer, host, policy, report: &mut report };
    let outcome = match attempt.run().await {
        Ok(()) => PairingOutcome::Paired,
        Err(Stop::Device(reason)) => PairingOutcome::RefusedByDevice { reason },
        Err(Stop::Tester(reason, why)) => {
            match attempt.send(&Pdu::Failed(reason)).await {
                // The link may be gone already; the refusal stands.
                Ok(()) | Err(Stop::Other(BleError::LinkLost { .. } | BleError::NoLink)) => {}
                Err(Stop::Other(error)) => return Err(error),
                Err(_) => {}
            }
            PairingOutcome::RefusedByTester { reason, why }
        }
        Err(Stop::Encryption(status)) => PairingOutcome::EncryptionFailed { status },
        Err(Stop::Other(BleError::LinkLost { reason })) => PairingOutcome::LinkLost { reason },
        Err(Stop::Other(BleError::Silent { what, .. })) => PairingOutcome::Silent { waiting_for: what },
        Err(Stop::Other(error)) => return Err(error),
    };
    report.outcome = outcome;
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// Encrypts by a bond; whether the device still knows it.
pub(super) async fn encrypt(host: &mut Host, bond: &Bond) -> Result<bool, BleError> {
    if host.own != bond.own {
        return Err(BleError::Unavailable(format!(
            "the bond was made as {}; the tester is {} now",
            bond.own, host.own
        )));
    }
    let status = host.start_encryption(bond.rand, bond.ediv, turned(bond.key)).await?;
    if status == 0 {
        host.link()?.key = Some(bond.facts);
    }
    Ok(status == 0)
}

/// One pairing under way.
struct Attempt<'a> {
    peer: DeviceAddress,
    host: &'a mut Host,
    policy: &'a PairingPolicy,
    report: &'a mut PairingReport,
}

impl Attempt<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        let request = self.report.request;
        self.send(&Pdu::Request(request)).await?;
        let response = match self.next("the pairing response").await? {
            Pdu::Response(response) => response,
            other => return Err(unexpected(&other, "the pairing response")),
        };
        self.report.response = Some(response);
        let secure = request.secure_connections() && response.secure_connections();
        let method = method::method(&request, &response, secure);
        let size = request.max_key_size.min(response.max_key_size);
        self.report.secure_connections = Some(secure);
        self.report.method = Some(method);
        self.report.key_size = Some(size);
        self.insist(method, secure, size)?;
        let key = if secure { self.secure(method, size).await? } else { self.legacy(method, size).await? };
        let facts = KeyFacts { authenticated: method.is_authenticated(), secure_connections: secure, size };
        let status = self.host.start_encryption([0; 8], 0, turned(key)).await?;
        if status != 0 {
            return Err(Stop::Encryption(status));
        }
        self.host.link()?.key = Some(facts);
        self.receive_keys(key, facts, response).await
    }

    /// What the policy does not put up with.
    fn insist(&self, method: PairingMethod, secure: bool, size: u8) -> Result<(), Stop> {
        let refuse = |reason, why: &str| Err(Stop::Tester(reason, why.to_owned()));
        if !(7..=16).contains(&size) {
            return refuse(
                SmpReason::KEY_SIZE,
                &format!("a key of {size} octets, where 7 to 16 are allowed"),
            );
        }
        if size < self.policy.least_key_size {
            return refuse(SmpReason::KEY_SIZE, "the key would be shorter than the tester wants it");
        }
        if self.policy.secure_connections == SecureConnections::Only && !secure {
            let why = "the device offers legacy pairing only, and the tester wants Secure Connections";
            return refuse(SmpReason::AUTHENTICATION_REQUIREMENTS, why);
        }
        if method == PairingMethod::OutOfBand {
            return refuse(SmpReason(0x02), "the device wants out-of-band data, and the tester has none");
        }
        if self.policy.insist_on_mitm && !method.is_authenticated() {
            let why = "no protection against somebody in the middle, which the tester wants";
            return refuse(SmpReason::AUTHENTICATION_REQUIREMENTS, why);
        }
        Ok(())
    }

    async fn send(&mut self, pdu: &Pdu) -> Result<(), Stop> {
        Ok(self.host.send(l2cap::SMP, &pdu.octets()).await?)
    }

    /// The next PDU that is no keypress.
    async fn next(&mut self, what: &str) -> Result<Pdu, Stop> {
        let mut patience = self.host.patience(self.host.limits.pairing_step, what);
        loop {
            let frame = self.host.smp_frame(&mut patience).await?;
            match Pdu::read(&frame)? {
                Pdu::Failed(reason) => return Err(Stop::Device(reason)),
                Pdu::Keypress(_) => {}
                pdu => return Ok(pdu),
            }
        }
    }

    async fn next_confirm(&mut self) -> Result<Number, Stop> {
        match self.next("the confirm value").await? {
            Pdu::Confirm(value) => Ok(turned(value)),
            other => Err(unexpected(&other, "the confirm value")),
        }
    }

    async fn next_random(&mut self) -> Result<Number, Stop> {
        match self.next("the random value").await? {
            Pdu::Random(value) => Ok(turned(value)),
            other => Err(unexpected(&other, "the random value")),
        }
    }

    /// The six digits, from whoever has them.
    async fn passkey(&mut self, method: PairingMethod) -> Result<u32, Stop> {
        let passkey = self.policy.passkey.given(method, self.host.limits.pairing_step * 3).await;
        passkey.filter(|passkey| *passkey < 1_000_000).ok_or_else(|| {
            Stop::Tester(SmpReason::PASSKEY_ENTRY_FAILED, "the tester was given no passkey".to_owned())
        })
    }
}

fn unexpected(pdu: &Pdu, wanted: &str) -> Stop {
    Stop::Tester(SmpReason::UNSPECIFIED, format!("the device sent {} instead of {wanted}", pdu.name()))
}

/// Between the order on the wire and that of the specification's functions.
fn turned<const N: usize>(mut octets: [u8; N]) -> [u8; N] {
    octets.reverse();
    octets
}

fn as_number(passkey: u32) -> Number {
    u128::from(passkey).to_be_bytes()
}
