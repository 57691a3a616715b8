//! The back-end on BlueZ, the Bluetooth stack of Linux, over D-Bus: for adapters that the tester's computer keeps using
//! otherwise. It sees what BlueZ tells, which is less than what a controller shows, and says where that ends
//! ([`Abilities`]).
//!
//! Attributes are named by the paths of BlueZ's objects, which carry handles. BlueZ waits up to 30 s for a device,
//! and hangs where it starts a pairing by itself; every call has a shorter end here, and what did not end is the
//! trouble of the adapter: whether BlueZ or the device hangs cannot be told from outside.
//!
//! Law 7: nothing but the device of the link is called upon; its bond is removed with the link; the adapter is
//! neither switched on nor changed.

mod agent;
mod bus;
mod link;
mod listening;
mod objects;
mod pairing;
mod properties;
mod values;

use std::time::Duration;

use futures::future::BoxFuture;

use super::address::DeviceAddress;
use super::backend::{
    Abilities, BleBackend, BleError, BleScope, Fact, RawChannel, Reply, Scan, ScanRequest, SecurityFacts,
    Told,
};
use super::gatt::GattTable;
use super::host::BleLimits;
use super::pairing::{Bond, PairingPolicy, PairingReport};
use super::transcript::{Recorder, Transcript};
use bus::{ADAPTER, Bus};
use link::Link;
use properties::flag;

/// The reason for the end of a link that says that there is none to tell: BlueZ keeps it to itself.
const REASON_NOT_TOLD: u8 = 0x1f;

/// BlueZ, through one of its adapters.
pub struct BluezBackend {
    name: String,
    scope: BleScope,
    limits: BleLimits,
    bus: Bus,
    link: Option<Link>,
    recorder: Recorder,
}

impl BluezBackend {
    /// Opens an adapter of BlueZ, such as `hci0`, over the system bus (`DBUS_SYSTEM_BUS_ADDRESS` says where else).
    ///
    /// # Errors
    /// [`BleError::Adapter`] if there is no bus, no BlueZ or no such adapter, or if it is switched off.
    pub async fn open(adapter: &str, scope: BleScope, limits: BleLimits) -> Result<Self, BleError> {
        Self::open_on(None, adapter, scope, limits).await
    }

    /// The same over the bus at an address, such as `unix:path=/run/bench/bus`.
    ///
    /// # Errors
    /// As [`BluezBackend::open`].
    pub async fn open_at(
        bus: &str,
        adapter: &str,
        scope: BleScope,
        limits: BleLimits,
    ) -> Result<Self, BleError> {
        Self::open_on(Some(bus), adapter, scope, limits).await
    }

    async fn open_on(
        bus: Option<&str>,
        adapter: &str,
        scope: BleScope,
        limits: BleLimits,
    ) -> Result<Self, BleError> {
        let path = format!("/org/bluez/{adapter}");
        let mut bus = Bus::open(bus, path.clone(), limits.command).await?;
        let properties = bus.properties(&path, ADAPTER, limits.command).await;
        let name = format!("bluez {adapter}");
        match properties.map_err(|trouble| trouble.of_the_adapter("asking for the adapter"))? {
            None => Err(BleError::Adapter(format!("BlueZ has no adapter {adapter} (bluetoothctl list)"))),
            Some(properties) if flag(&properties, "Powered") != Some(true) => Err(BleError::Adapter(
                format!("BlueZ has {adapter} switched off; switch it on (bluetoothctl power on)"),
            )),
            Some(_) => {
                let recorder = Recorder::new();
                Ok(Self { name, scope, limits, bus, link: None, recorder })
            }
        }
    }
}

fn hidden<T>(why: &str) -> Fact<T> {
    Fact::Unavailable(why.to_owned())
}

const NO_RAW: &str = "BlueZ sends PDUs of its own making only";
const NO_KEYS: &str = "BlueZ keeps keys to itself, and forgets them with the link here";

impl BleBackend for BluezBackend {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            att_errors: hidden(
                "BlueZ answers 0x05, 0x0c and 0x0f by a pairing of its own, and does not show them",
            ),
            pairing_details: hidden(
                "BlueZ tells neither features, keys nor reasons of a pairing, nor LE Secure Connections from legacy",
            ),
            raw_octets: hidden(NO_RAW),
            extended_advertising: hidden("BlueZ does not tell which packets it heard"),
            advertising_packets: hidden(
                "BlueZ merges all packets of a device and does not show their octets",
            ),
        }
    }

    fn scan(&mut self, request: ScanRequest) -> BoxFuture<'_, Result<Scan, BleError>> {
        Box::pin(self.listen(request))
    }

    fn connect(&mut self, device: DeviceAddress) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(self.link_up(device))
    }

    fn disconnect(&mut self) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(self.link_down())
    }

    fn become_stranger(&mut self) -> BoxFuture<'_, Result<DeviceAddress, BleError>> {
        let why = "BlueZ gives the tester no other address; do it over HCI";
        Box::pin(async move { Err(BleError::Unavailable(why.to_owned())) })
    }

    fn become_again<'a>(&'a mut self, _bond: &'a Bond) -> BoxFuture<'a, Result<(), BleError>> {
        Box::pin(async { Err(BleError::Unavailable(NO_KEYS.to_owned())) })
    }

    fn discover(&mut self) -> BoxFuture<'_, Result<GattTable, BleError>> {
        Box::pin(self.look_up())
    }

    fn read(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>> {
        // BlueZ reads on until the value ends.
        Box::pin(self.read_value(handle))
    }

    fn read_long(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>> {
        Box::pin(self.read_value(handle))
    }

    fn write(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        Box::pin(self.write_value(handle, value, "request"))
    }

    fn write_without_response(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(async move {
            match self.write_value(handle, value, "command").await? {
                Reply::Given(()) => Ok(()),
                // The device does not answer a command, so this is BlueZ.
                Reply::Refused(error) => {
                    Err(BleError::Unavailable(format!("BlueZ does not send it: {error}")))
                }
            }
        })
    }

    fn write_long(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        Box::pin(self.write_value(handle, value, "reliable"))
    }

    fn subscribe(
        &mut self,
        configuration: u16,
        indications: bool,
    ) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        Box::pin(self.start_notify(configuration, indications))
    }

    fn told(&mut self, wait: Duration) -> BoxFuture<'_, Result<Vec<Told>, BleError>> {
        Box::pin(self.hear_told(wait))
    }

    fn raw(
        &mut self,
        _channel: RawChannel,
        _octets: Vec<u8>,
        _wait: Duration,
    ) -> BoxFuture<'_, Result<Option<Vec<u8>>, BleError>> {
        Box::pin(async { Err(BleError::Unavailable(NO_RAW.to_owned())) })
    }

    fn pair<'a>(&'a mut self, policy: &'a PairingPolicy) -> BoxFuture<'a, Result<PairingReport, BleError>> {
        Box::pin(self.pair_under(policy))
    }

    fn encrypt<'a>(&'a mut self, _bond: &'a Bond) -> BoxFuture<'a, Result<bool, BleError>> {
        Box::pin(async { Err(BleError::Unavailable(NO_KEYS.to_owned())) })
    }

    fn security(&self) -> SecurityFacts {
        let (encrypted, authenticated) = match self.link.as_ref().filter(|link| !link.lost) {
            None => (hidden("there is no link"), hidden("there is no link")),
            Some(Link { paired_by: Some(method), .. }) => {
                (Fact::Known(true), Fact::Known(method.is_authenticated()))
            }
            Some(Link { bonded: true, .. }) => {
                let why = "BlueZ has paired by itself, and does not tell how";
                (hidden(why), hidden(why))
            }
            // Without a bond BlueZ has no key that it could encrypt with.
            Some(_) => (Fact::Known(false), Fact::Known(false)),
        };
        SecurityFacts {
            encrypted,
            authenticated,
            secure_connections: hidden("BlueZ does not tell LE Secure Connections from legacy pairing"),
            key_size: hidden("BlueZ does not tell the length of keys"),
        }
    }

    fn oddities(&self) -> Vec<String> {
        self.link.as_ref().map_or_else(Vec::new, |link| link.oddities.clone())
    }

    fn withhold(&mut self, secret: &[u8]) {
        self.recorder.withhold(secret);
    }

    fn transcript(&mut self) -> Transcript {
        self.recorder.take()
    }
}
