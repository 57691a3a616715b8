//! PDUs of the security manager (Core, volume 3, part H, 3).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::address::DeviceAddress;
use super::octets::{Malformed, Octets};

const LAYER: &str = "SMP";

/// What a side can show and take in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IoCapability {
    /// Shows a number.
    DisplayOnly,
    /// Shows a number and takes yes or no.
    DisplayYesNo,
    /// Takes a number.
    KeyboardOnly,
    /// Neither.
    NoInputNoOutput,
    /// Shows and takes a number.
    KeyboardDisplay,
    /// A value without a meaning.
    #[serde(untagged)]
    Reserved(u8),
}

impl IoCapability {
    /// From its number.
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            0 => Self::DisplayOnly,
            1 => Self::DisplayYesNo,
            2 => Self::KeyboardOnly,
            3 => Self::NoInputNoOutput,
            4 => Self::KeyboardDisplay,
            other => Self::Reserved(other),
        }
    }

    /// Its number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::DisplayOnly => 0,
            Self::DisplayYesNo => 1,
            Self::KeyboardOnly => 2,
            Self::NoInputNoOutput => 3,
            Self::KeyboardDisplay => 4,
            Self::Reserved(other) => other,
        }
    }
}

/// Keys of a distribution, as bits.
pub(crate) const ENCRYPTION_KEY: u8 = 0x01;
pub(crate) const IDENTITY_KEY: u8 = 0x02;
pub(crate) const SIGNING_KEY: u8 = 0x04;

/// What a side asks for or agrees to: the fields of a pairing request or response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingFeatures {
    /// What it can show and take in.
    pub io: IoCapability,
    /// Whether it holds out-of-band data of the other side.
    pub oob: bool,
    /// Authentication requirements as they went over the air.
    pub auth_req: u8,
    /// Longest key it takes, in octets; 7 to 16 are allowed.
    pub max_key_size: u8,
    /// Keys that the initiator is to give, as bits.
    pub initiator_keys: u8,
    /// Keys that the responder is to give, as bits.
    pub responder_keys: u8,
}

impl PairingFeatures {
    /// Whether keys are to be kept.
    pub fn bonding(&self) -> bool {
        self.auth_req & 0x03 == 0x01
    }

    /// Whether protection against somebody in the middle is asked for.
    pub fn mitm(&self) -> bool {
        self.auth_req & 0x04 != 0
    }

    /// Whether LE Secure Connections is supported; else only legacy pairing is.
    pub fn secure_connections(&self) -> bool {
        self.auth_req & 0x08 != 0
    }

    fn read(left: &mut Octets<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            io: IoCapability::from_number(left.u8("the IO capability")?),
            oob: left.u8("the OOB flag")? != 0,
            auth_req: left.u8("the authentication requirements")?,
            max_key_size: left.u8("the key size")?,
            initiator_keys: left.u8("the keys of the initiator")?,
            responder_keys: left.u8("the keys of the responder")?,
        })
    }

    /// The seven octets of the PDU, its code first.
    pub(crate) fn octets(&self, code: u8) -> [u8; 7] {
        [
            code,
            self.io.number(),
            u8::from(self.oob),
            self.auth_req,
            self.max_key_size,
            self.initiator_keys,
            self.responder_keys,
        ]
    }
}

/// Why a side ended the pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SmpReason(pub u8);

impl SmpReason {
    /// The passkey was not given.
    pub const PASSKEY_ENTRY_FAILED: Self = Self(0x01);
    /// IO capabilities or method do not reach what is required.
    pub const AUTHENTICATION_REQUIREMENTS: Self = Self(0x03);
    /// The confirmation does not fit: a wrong passkey.
    pub const CONFIRM_VALUE_FAILED: Self = Self(0x04);
    /// Pairing is not supported.
    pub const PAIRING_NOT_SUPPORTED: Self = Self(0x05);
    /// The key is too short.
    pub const KEY_SIZE: Self = Self(0x06);
    /// No reason.
    pub const UNSPECIFIED: Self = Self(0x08);
    /// Too little time since the last try.
    pub const REPEATED_ATTEMPTS: Self = Self(0x09);
    /// A parameter is not valid.
    pub const INVALID_PARAMETERS: Self = Self(0x0a);
    /// The check of the shared secret does not fit.
    pub const DHKEY_CHECK_FAILED: Self = Self(0x0b);
    /// The numbers differ.
    pub const NUMERIC_COMPARISON_FAILED: Self = Self(0x0c);

    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self.0 {
            0x01 => "passkey entry failed",
            0x02 => "OOB data not available",
            0x03 => "authentication requirements",
            0x04 => "confirm value failed",
            0x05 => "pairing not supported",
            0x06 => "encryption key size",
            0x07 => "command not supported",
            0x08 => "unspecified reason",
            0x09 => "repeated attempts",
            0x0a => "invalid parameters",
            0x0b => "DHKey check failed",
            0x0c => "numeric comparison failed",
            0x0d => "BR/EDR pairing in progress",
            0x0e => "cross-transport key generation not allowed",
            0x0f => "key rejected",
            _ => "reserved reason",
        }
    }
}

impl fmt::Display for SmpReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#04x} {}", self.0, self.words())
    }
}

/// A PDU. Numbers of 128 bits stand as on the wire, least significant octet first.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Pdu {
    Request(PairingFeatures),
    Response(PairingFeatures),
    Confirm([u8; 16]),
    Random([u8; 16]),
    Failed(SmpReason),
    LongTermKey([u8; 16]),
    CentralIdentification { ediv: u16, rand: [u8; 8] },
    IdentityKey([u8; 16]),
    IdentityAddress(DeviceAddress),
    SigningKey([u8; 16]),
    SecurityRequest { auth_req: u8 },
    PublicKey { x: [u8; 32], y: [u8; 32] },
    DhKeyCheck([u8; 16]),
    Keypress(u8),
}

impl Pdu {
    /// Reads a PDU.
    ///
    /// # Errors
    /// An unknown code, missing octets, octets too many.
    pub(crate) fn read(octets: &[u8]) -> Result<Self, Malformed> {
        let mut left = Octets::of(LAYER, octets);
        let pdu = match left.u8("the code")? {
            0x01 => Self::Request(PairingFeatures::read(&mut left)?),
            0x02 => Self::Response(PairingFeatures::read(&mut left)?),
            0x03 => Self::Confirm(left.array("the confirm value")?),
            0x04 => Self::Random(left.array("the random value")?),
            0x05 => Self::Failed(SmpReason(left.u8("the reason")?)),
            0x06 => Self::LongTermKey(left.array("the long term key")?),
            0x07 => Self::CentralIdentification {
                ediv: left.u16("the diversifier")?,
                rand: left.array("the number")?,
            },
            0x08 => Self::IdentityKey(left.array("the identity resolving key")?),
            0x09 => {
                let kind = left.u8("the kind of address")?;
                Self::IdentityAddress(DeviceAddress::from_wire(kind, left.array("the address")?))
            }
            0x0a => Self::SigningKey(left.array("the signature key")?),
            0x0b => Self::SecurityRequest { auth_req: left.u8("the authentication requirements")? },
            0x0c => {
                Self::PublicKey { x: left.array("the X of the key")?, y: left.array("the Y of the key")? }
            }
            0x0d => Self::DhKeyCheck(left.array("the check value")?),
            0x0e => Self::Keypress(left.u8("the kind of keypress")?),
            other => return Err(Malformed::new(LAYER, format!("code {other:#04x} has no meaning"))),
        };
        left.end()?;
        Ok(pdu)
    }

    /// The octets of the PDU.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let with = |code: u8, tail: &[u8]| [&[code], tail].concat();
        match self {
            Self::Request(features) => features.octets(0x01).to_vec(),
            Self::Response(features) => features.octets(0x02).to_vec(),
            Self::Confirm(value) => with(0x03, value),
            Self::Random(value) => with(0x04, value),
            Self::Failed(reason) => vec![0x05, reason.0],
            Self::LongTermKey(key) => with(0x06, key),
            Self::CentralIdentification { ediv, rand } => {
                with(0x07, &[&ediv.to_le_bytes()[..], rand].concat())
            }
            Self::IdentityKey(key) => with(0x08, key),
            Self::IdentityAddress(address) => {
                with(0x09, &[&[address.kind_number()], &address.on_wire()[..]].concat())
            }
            Self::SigningKey(key) => with(0x0a, key),
            Self::SecurityRequest { auth_req } => vec![0x0b, *auth_req],
            Self::PublicKey { x, y } => with(0x0c, &[&x[..], y].concat()),
            Self::DhKeyCheck(value) => with(0x0d, value),
            Self::Keypress(kind) => vec![0x0e, *kind],
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        code_name(self.octets()[0])
    }
}

/// Names only what is not secret.
impl fmt::Debug for Pdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(features) | Self::Response(features) => write!(f, "{} {features:?}", self.name()),
            Self::Failed(reason) => write!(f, "{} {reason}", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

/// Name of a code.
pub(crate) fn code_name(code: u8) -> &'static str {
    match code {
        0x01 => "Pairing Request",
        0x02 => "Pairing Response",
        0x03 => "Pairing Confirm",
        0x04 => "Pairing Random",
        0x05 => "Pairing Failed",
        0x06 => "Encryption Information",
        0x07 => "Central Identification",
        0x08 => "Identity Information",
        0x09 => "Identity Address Information",
        0x0a => "Signing Information",
        0x0b => "Security Request",
        0x0c => "Pairing Public Key",
        0x0d => "Pairing DHKey Check",
        0x0e => "Keypress Notification",
        _ => "unknown code",
    }
}

/// Whether the octets after the code are to be withheld: keys, and the numbers from which with the confirm
/// values a passkey of six digits could be tried out by anybody who reads the record.
pub(crate) fn is_secret(code: u8) -> bool {
    matches!(code, 0x04 | 0x06 | 0x08 | 0x0a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<Pdu> {
        let features = PairingFeatures {
            io: IoCapability::KeyboardOnly,
            oob: false,
            auth_req: 0x0d,
            max_key_size: 16,
            initiator_keys: 0,
            responder_keys: 3,
        };
        vec![
            Pdu::Request(features),
            Pdu::Response(PairingFeatures { io: IoCapability::Reserved(9), ..features }),
            Pdu::Confirm([3; 16]),
            Pdu::Random([4; 16]),
            Pdu::Failed(SmpReason::CONFIRM_VALUE_FAILED),
            Pdu::LongTermKey([6; 16]),
            Pdu::CentralIdentification { ediv: 0x1234, rand: [7; 8] },
            Pdu::IdentityKey([8; 16]),
            Pdu::IdentityAddress("C0:FF:EE:00:00:01/random".parse().unwrap()),
            Pdu::SigningKey([10; 16]),
            Pdu::SecurityRequest { auth_req: 5 },
            Pdu::PublicKey { x: [12; 32], y: [13; 32] },
            Pdu::DhKeyCheck([13; 16]),
            Pdu::Keypress(2),
        ]
    }

    #[test]
    fn every_pdu_comes_back_as_it_went_and_no_shorter_or_longer() {
        for (place, pdu) in one_of_each().into_iter().enumerate() {
            let mut octets = pdu.octets();
            assert_eq!(usize::from(octets[0]), place + 1);
            assert_ne!(code_name(octets[0]), "unknown code");
            assert_eq!(Pdu::read(&octets), Ok(pdu));
            assert!(Pdu::read(&octets[..octets.len() - 1]).is_err());
            octets.push(0);
            assert!(Pdu::read(&octets).is_err());
        }
        assert!(Pdu::read(&[0x0f, 0]).is_err() && Pdu::read(&[]).is_err());
    }

    #[test]
    fn the_bits_of_the_requirements_are_read() {
        let features = PairingFeatures::read(&mut Octets::of("SMP", &[4, 0, 0x0d, 16, 3, 3])).unwrap();
        assert!(features.bonding() && features.mitm() && features.secure_connections());
        let legacy = PairingFeatures { auth_req: 0x00, ..features };
        assert!(!legacy.bonding() && !legacy.mitm() && !legacy.secure_connections());
    }

    #[test]
    fn a_key_is_never_in_what_a_developer_prints() {
        assert_eq!(format!("{:?}", Pdu::LongTermKey([0xab; 16])), "Encryption Information");
    }
}
