//! What probes ask of a way to Bluetooth LE, whatever carries it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::address::DeviceAddress;
use super::advertising_data::AdvertisingData;
use super::att::AttError;
use super::gatt::GattTable;
use super::octets::Malformed;
use super::pairing::{Bond, PairingPolicy, PairingReport};
use super::transcript::Transcript;

/// A way to Bluetooth LE: an adapter with a stack behind it. `Send`, so that a probe may hold it across threads;
/// one link at a time, so that what is observed has one cause. Time stands still between two calls: what the
/// device sends then is read by the next one.
///
/// Everything is named by handle, never by UUID: a device may offer one UUID twice.
///
/// # Errors
/// Every operation may fail by a [`BleError`]. What the device answers to a question, a refusal too, is a result
/// and no error.
pub trait BleBackend: Send {
    /// Name of the way, for the record: `hci tcp:127.0.0.1:9001`.
    fn name(&self) -> String;

    /// What the way can tell.
    fn abilities(&self) -> Abilities;

    /// Listens to advertising.
    fn scan(&mut self, request: ScanRequest) -> BoxFuture<'_, Result<Scan, BleError>>;

    /// Takes up a link to the device, and agrees on the longest PDU.
    fn connect(&mut self, device: DeviceAddress) -> BoxFuture<'_, Result<(), BleError>>;

    /// Ends the link. Without one, nothing happens.
    fn disconnect(&mut self) -> BoxFuture<'_, Result<(), BleError>>;

    /// From now on the tester is somebody else: a new address of its own, no bond. Only without a link.
    fn become_stranger(&mut self) -> BoxFuture<'_, Result<DeviceAddress, BleError>>;

    /// From now on the tester is again whom the device met when this bond was made. Only without a link.
    fn become_again<'a>(&'a mut self, bond: &'a Bond) -> BoxFuture<'a, Result<(), BleError>>;

    /// Services, characteristics and descriptors, and every attribute that the device lists.
    fn discover(&mut self) -> BoxFuture<'_, Result<GattTable, BleError>>;

    /// Reads what one PDU holds of an attribute.
    fn read(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>>;

    /// Reads an attribute whole, 512 octets at most.
    fn read_long(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>>;

    /// Writes, and waits for the answer.
    fn write(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>>;

    /// Writes without an answer.
    fn write_without_response(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<(), BleError>>;

    /// Writes in prepared parts, and executes them, or cancels where the device gives back other octets than it
    /// was sent.
    fn write_long(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>>;

    /// Subscribes at a client characteristic configuration: notifications, or indications.
    fn subscribe(
        &mut self,
        configuration: u16,
        indications: bool,
    ) -> BoxFuture<'_, Result<Reply<()>, BleError>>;

    /// What the device told unasked, waiting for it so long.
    fn told(&mut self, wait: Duration) -> BoxFuture<'_, Result<Vec<Told>, BleError>>;

    /// Sends any octets on a channel, and gives back the first PDU that comes on it within the time; nothing if
    /// none comes.
    fn raw(
        &mut self,
        channel: RawChannel,
        octets: Vec<u8>,
        wait: Duration,
    ) -> BoxFuture<'_, Result<Option<Vec<u8>>, BleError>>;

    /// Pairs. A refusal of the device is in the report.
    fn pair<'a>(&'a mut self, policy: &'a PairingPolicy) -> BoxFuture<'a, Result<PairingReport, BleError>>;

    /// Encrypts the link by a bond of an earlier pairing; `false` if the device does not know it any more.
    fn encrypt<'a>(&'a mut self, bond: &'a Bond) -> BoxFuture<'a, Result<bool, BleError>>;

    /// How the link is protected now.
    fn security(&self) -> SecurityFacts;

    /// What the device did on this link that it should not, in words.
    fn oddities(&self) -> Vec<String>;

    /// From now on no PDU that holds these octets is written into the transcript.
    fn withhold(&mut self, secret: &[u8]);

    /// What went over links since the last call.
    fn transcript(&mut self) -> Transcript;
}

/// What a way can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// Sees the errors of the attribute protocol as they came.
    pub att_errors: Fact<()>,
    /// Sees what is agreed in a pairing, and chooses it.
    pub pairing_details: Fact<()>,
    /// Sends octets that are no PDU.
    pub raw_octets: Fact<()>,
    /// Hears extended advertising.
    pub extended_advertising: Fact<()>,
    /// Sees advertising packet by packet, with its octets.
    pub advertising_packets: Fact<()>,
}

/// Something that is known, or the reason why it cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// It is known.
    Known(T),
    /// It is not, and this is why.
    Unavailable(String),
}

impl<T> Fact<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(fact) => Some(fact),
            Self::Unavailable(_) => None,
        }
    }
}

/// What the device answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<T> {
    /// It did or gave what it was asked for.
    Given(T),
    /// It refused.
    Refused(AttError),
}

impl<T> Reply<T> {
    /// What was given.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Given(given) => Some(given),
            Self::Refused(_) => None,
        }
    }

    /// Why it was refused.
    pub fn refused(&self) -> Option<AttError> {
        match self {
            Self::Given(_) => None,
            Self::Refused(error) => Some(*error),
        }
    }
}

/// A channel for octets that are no PDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawChannel {
    /// The attribute protocol.
    Att,
    /// The security manager.
    Smp,
    /// Signalling of L2CAP.
    Signalling,
    /// Any other.
    #[serde(untagged)]
    Other(u16),
}

/// A value that the device told unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Handle of the value; 0 where several values came in one PDU, which is then given whole.
    pub handle: u16,
    /// The value.
    pub value: Vec<u8>,
    /// Whether the device wanted it confirmed; it was.
    pub confirmed: bool,
}

/// How a link is protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityFacts {
    /// Whether it is encrypted.
    pub encrypted: Fact<bool>,
    /// Whether its key was agreed with protection against somebody in the middle.
    pub authenticated: Fact<bool>,
    /// Whether its key comes from LE Secure Connections, and not from legacy pairing.
    pub secure_connections: Fact<bool>,
    /// Length of its key, in octets.
    pub key_size: Fact<u8>,
}

/// What to listen for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRequest {
    /// How long.
    pub time: Duration,
    /// Whether to ask for scan responses: of everybody, or of the device of `only` alone, by the list of accepted
    /// devices of the controller. A passive scan sends nothing.
    pub active: bool,
    /// Count others, and keep nothing of them. A controller that is told to ask one device tells of no other.
    pub only: Option<DeviceAddress>,
    /// End as soon as the device of `only` was heard.
    pub until_heard: bool,
}

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Advertisers, in the order in which they were first heard.
    pub advertisers: Vec<Advertiser>,
    /// Reports in all.
    pub reports: u64,
    /// Reports of others than the one asked for, of which nothing was kept.
    pub others: u64,
    /// Reports for which there was no place.
    pub left_out: u64,
    /// How long it listened, in seconds.
    pub seconds: f64,
}

/// One address that was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advertiser {
    /// Its address.
    pub address: DeviceAddress,
    /// Strongest signal, in dBm.
    pub rssi: Option<i8>,
    /// Different packets.
    pub packets: Vec<AdvertisedPacket>,
}

impl Advertiser {
    /// The local name that it tells.
    pub fn local_name(&self) -> Option<&str> {
        self.packets.iter().find_map(|packet| packet.data.local_name())
    }
}

/// A packet, as often as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvertisedPacket {
    /// Which PDU carried it.
    pub pdu: AdvertisingPdu,
    /// The data as they came, in hex; nothing where the way does not show them.
    pub hex: String,
    /// What they say.
    pub data: AdvertisingData,
    /// How often it came.
    pub count: u64,
    /// Milliseconds from the beginning of the scan to the first and to the last time.
    pub heard: (u64, u64),
}

/// PDUs of legacy advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdvertisingPdu {
    /// Anybody may connect.
    #[serde(rename = "ADV_IND")]
    Connectable,
    /// One may connect.
    #[serde(rename = "ADV_DIRECT_IND")]
    Directed,
    /// Anybody may ask for more.
    #[serde(rename = "ADV_SCAN_IND")]
    Scannable,
    /// Nothing may be asked.
    #[serde(rename = "ADV_NONCONN_IND")]
    NotConnectable,
    /// More, when asked.
    #[serde(rename = "SCAN_RSP")]
    ScanResponse,
    /// What a stack made of all PDUs that it heard.
    #[serde(rename = "merged")]
    Merged,
    /// A number without a meaning.
    #[serde(untagged)]
    Unknown(u8),
}

impl AdvertisingPdu {
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Connectable,
            1 => Self::Directed,
            2 => Self::Scannable,
            3 => Self::NotConnectable,
            4 => Self::ScanResponse,
            other => Self::Unknown(other),
        }
    }
}

impl fmt::Display for AdvertisingPdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connectable => "ADV_IND",
            Self::Directed => "ADV_DIRECT_IND",
            Self::Scannable => "ADV_SCAN_IND",
            Self::NotConnectable => "ADV_NONCONN_IND",
            Self::ScanResponse => "SCAN_RSP",
            Self::Merged => "merged",
            Self::Unknown(_) => "unknown PDU",
        })
    }
}

/// Devices that a link may be taken up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BleScope {
    /// Their addresses.
    pub devices: BTreeSet<DeviceAddress>,
}

impl BleScope {
    /// One device.
    pub fn of(device: DeviceAddress) -> Self {
        Self { devices: BTreeSet::from([device]) }
    }
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BleError {
    /// Outside the scope; nothing was sent.
    #[error("{0} is outside the scope of this run; nothing was sent")]
    OutOfScope(DeviceAddress),
    /// The adapter or the way to it failed.
    #[error("the adapter failed: {0}")]
    Adapter(String),
    /// This way cannot do it.
    #[error("{0}")]
    Unavailable(String),
    /// There is no link.
    #[error("there is no link to a device")]
    NoLink,
    /// There is a link already.
    #[error("there is a link to a device already")]
    LinkedAlready,
    /// No link came about.
    #[error("{device} took no connection within {seconds:.1} s")]
    NotReached {
        /// The device.
        device: DeviceAddress,
        /// How long it was tried.
        seconds: f64,
    },
    /// The link ended.
    #[error("the link ended: {} ({reason:#04x})", super::hci::error_words(*.reason))]
    LinkLost {
        /// Reason that the controller gives.
        reason: u8,
    },
    /// The device did not answer.
    #[error("the device did not answer {what} within {seconds:.1} s")]
    Silent {
        /// What was asked.
        what: String,
        /// How long it was waited.
        seconds: f64,
    },
    /// The device sent what is no PDU.
    #[error("the device sent what cannot be read: {0}")]
    Malformed(#[from] Malformed),
    /// So much came that the operation was given up.
    #[error("more than {packets} packets came while waiting for {what}")]
    Flooded {
        /// What was waited for.
        what: String,
        /// How many packets were read.
        packets: u32,
    },
}

impl BleError {
    /// Whether the tester or its equipment is to blame, and the device is not.
    pub fn is_of_the_tester(&self) -> bool {
        matches!(
            self,
            Self::OutOfScope(_)
                | Self::Adapter(_)
                | Self::Unavailable(_)
                | Self::NoLink
                | Self::LinkedAlready
        )
    }
}
