//! Bluetooth LE: what a device advertises, offers and demands, seen by a central that says what it was told.
//!
//! [`BleBackend`] is what probes speak to. Behind it stands a small host stack of our own on HCI ([`HciBackend`]):
//! L2CAP, an ATT client and the initiator of SMP. A library was weighed and not taken. A
//! host that is made for products negotiates the best that both sides can do; a prober has to ask for the worst
//! (no Secure Connections, a key of seven octets, no MITM protection, a key that lies off the curve, a PDU that is
//! none), has to say what the other side answered rather than what came of it, and must never answer a failure
//! by another one. `trouble-host` 0.8 cannot send a downgraded request, tells no failure of its own policy, and
//! hides legacy pairing. What cryptography needs is in the tree already, so this stack brings no crate.
//!
//! The layers are files of their own, each a pure function of octets: [`hci`], [`advertising_data`], [`l2cap`],
//! [`att`], [`smp`], [`smp_crypto`]. Only `host` waits for anything.
//!
//! Beside it stands BlueZ, with feature `bluez` (`BluezBackend`): for adapters that the computer keeps, and for what can
//! be told without the wire.
//!
//! And beside both the Bluetooth that an operating system has ([`SystemRequest`]), for a look with a laptop. It carries
//! no observation, and is no back-end.
//!
//! Law 7: a back-end connects to addresses that its scope names and to no other. A scan listens to everybody, since
//! there is no other way; it sends nothing unless it is told to be active.

mod adapter;
pub mod address;
pub mod advertising_data;
mod att;
mod backend;
#[cfg(all(feature = "bluez", target_os = "linux"))]
mod bluez_backend;
mod declared_pairing;
#[cfg(test)]
mod decoder_tests;
mod gatt;
#[cfg(test)]
mod gatt_tests;
mod hci;
mod hci_backend;
mod host;
mod inspection;
mod l2cap;
mod octets;
mod pairing;
mod sample;
#[cfg(test)]
mod scripted;
mod serial_line;
mod smp;
mod smp_crypto;
mod system;
mod transcript;
#[cfg_attr(not(feature = "ble"), expect(dead_code, reason = "such a build opens no adapter"))]
mod usb;
mod uuid;

pub use adapter::{Adapter, HciStream, NoAdapter, open_backend};
pub use address::{AddressKind, DeviceAddress, Lasting, NoAddress};
pub use att::AttError;
pub use backend::{
    Abilities, AdvertisedPacket, Advertiser, AdvertisingPdu, BleBackend, BleError, BleScope, Fact,
    RawChannel, Reply, Scan, ScanRequest, SecurityFacts, Told,
};
#[cfg(all(feature = "bluez", target_os = "linux"))]
pub use bluez_backend::BluezBackend;
pub use declared_pairing::{Acquaintance, DeclaredPairing};
pub use gatt::{Attribute, Characteristic, GattTable, Service};
pub use hci_backend::HciBackend;
pub use host::BleLimits;
pub use inspection::{Inspection, InspectionRequest, ReadAnswer, ReadSeen, inspect};
pub use octets::Malformed;
pub use pairing::{
    Ask, Bond, Compare, DeviceKey, NumericAnswer, OwnKey, PairingMethod, PairingOutcome, PairingPolicy,
    PairingReport, PasskeyQuestion, PasskeySource, SecureConnections,
};
pub use sample::{BleSample, NoWay, read_passkey, with_bench};
pub use serial_line::SerialLine;
pub use smp::{IoCapability, PairingFeatures, SmpReason};
pub use system::{
    SystemCharacteristic, SystemDescriptor, SystemDevice, SystemError, SystemInspection, SystemRead,
    SystemRequest, SystemScan, SystemService, SystemTarget, UNSEEN, inspect_with_system, scan_with_system,
};
pub use transcript::{Direction, Transcript, TranscriptEntry};
pub use usb::UsbId;
pub use uuid::Uuid;
