//! The double itself: who is in reach, what is linked, what was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::object_server::SignalEmitter;
use zbus::{Connection, DBusError, Variant, connection, fdo};

use super::agents::{AgentManager, Agents};
use super::gatt::{Characteristic, Descriptor, Service};
use super::objects::{ADAPTER, Adapter, Device, interface_name};
use super::private_bus::PrivateBus;
use super::spec::DoubleDevice;

/// Why the double does not come up.
#[derive(Debug, thiserror::Error)]
#[error("the double of BlueZ does not come up: {0}")]
pub struct DoubleError(#[from] zbus::Error);

/// Errors as BlueZ names them.
#[derive(Debug, DBusError)]
#[zbus(prefix = "org.bluez.Error")]
pub(super) enum Refusal {
    /// The bus failed.
    #[zbus(error)]
    Bus(zbus::Error),
    Failed(String),
    NotPermitted(String),
    NotConnected(String),
    AlreadyExists(String),
    DoesNotExist(String),
    InProgress(String),
    NotReady(String),
    AuthenticationFailed(String),
}

/// What changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) agents: Agents,
    pub(super) powered: bool,
    pub(super) discovering: bool,
    pub(super) links: HashMap<usize, Link>,
    pub(super) bonded: HashMap<usize, bool>,
    pub(super) objects: Vec<usize>,
    pub(super) values: HashMap<u16, Vec<u8>>,
    pub(super) notifying: Vec<u16>,
    pub(super) calls: Vec<String>,
}

/// A link.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) resolved: bool,
}

/// What every object of the double knows.
#[derive(Clone)]
pub(super) struct Shared(Arc<(Vec<DoubleDevice>, Mutex<State>)>);

impl Shared {
    pub(super) fn devices(&self) -> &[DoubleDevice] {
        &self.0.0
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn called(&self, on: &str, method: &str, with: &str) {
        self.state().calls.push(format!("{on}.{method} {with}").trim_end().to_owned());
    }

    /// Whether the device is linked, and its bond: with protection in the middle or without.
    pub(super) fn standing(&self, device: usize) -> (bool, Option<bool>) {
        let state = self.state();
        (state.links.contains_key(&device), state.bonded.get(&device).copied())
    }
}

/// Signals that properties of an object have new values.
pub(super) async fn signal(
    bus: &Connection,
    path: &str,
    interface: &str,
    values: HashMap<&str, Variant<'_>>,
) {
    let Ok(emitter) = SignalEmitter::new(bus, path) else { return };
    let none: &[&str] = &[];
    fdo::Properties::properties_changed(&emitter, interface_name(interface), values, none.into()).await.ok();
}

/// A double of BlueZ with the adapter `hci0`. It lives as long as this does.
pub struct BluezDouble {
    bus: Connection,
    shared: Shared,
}

impl BluezDouble {
    /// Comes up on a bus, with these devices in reach.
    ///
    /// # Errors
    /// What the bus says.
    pub async fn start(bus: &PrivateBus, devices: Vec<DoubleDevice>) -> Result<Self, DoubleError> {
        let state = State { powered: true, ..State::default() };
        let shared = Shared(Arc::new((devices, Mutex::new(state))));
        let connection = connection::Builder::address(bus.address().as_str())
            .serve_at("/", fdo::ObjectManager)
            .serve_at("/org/bluez", AgentManager(shared.clone()))
            .serve_at(ADAPTER, Adapter(shared.clone()))
            .build()
            .await?;
        let double = Self { bus: connection, shared };
        for (number, device) in double.shared.devices().iter().enumerate() {
            if device.bonded {
                double.shared.state().bonded.insert(number, false);
                know(&double.bus, &double.shared, number).await?;
            }
        }
        double.bus.request_name("org.bluez").await?;
        Ok(double)
    }

    /// Switches the adapter.
    pub fn switch(&self, on: bool) {
        self.shared.state().powered = on;
    }

    /// Somebody takes the adapter out.
    pub async fn unplug(&self) {
        self.bus.object_server().remove::<Adapter, _>(ADAPTER).await.ok();
    }

    /// What was called, in order: `Device1.Connect C0:FF:EE:00:00:01`.
    pub fn calls(&self) -> Vec<String> {
        self.shared.state().calls.clone()
    }

    /// The value at a handle.
    pub fn value(&self, handle: u16) -> Option<Vec<u8>> {
        self.shared.state().values.get(&handle).cloned()
    }

    /// A device tells the value at a handle, if somebody has subscribed.
    pub async fn notify(&self, handle: u16, value: &[u8]) -> bool {
        if !self.shared.state().notifying.contains(&handle) {
            return false;
        }
        for device in self.shared.devices() {
            for service in &device.services {
                for one in service.characteristics.iter().filter(|one| one.handle + 1 == handle) {
                    let path =
                        format!("{}/service{:04x}/char{:04x}", device.path(), service.handle, one.handle);
                    let values = HashMap::from([("Value", Variant::from(value.to_vec()))]);
                    signal(&self.bus, &path, "org.bluez.GattCharacteristic1", values).await;
                }
            }
        }
        true
    }

    /// The device with this number goes away: its link ends.
    pub async fn go_away(&self, device: usize) {
        unlink(&self.bus, &self.shared, device).await;
    }

    /// The double falls from the bus, as a daemon that crashed.
    pub async fn crash(&self) {
        self.bus.release_name("org.bluez").await.ok();
    }
}

/// BlueZ makes an object of a device.
pub(super) async fn know(bus: &Connection, shared: &Shared, device: usize) -> zbus::Result<()> {
    if shared.state().objects.contains(&device) {
        return Ok(());
    }
    shared.state().objects.push(device);
    let path = shared.devices()[device].path();
    bus.object_server().at(path, Device { shared: shared.clone(), number: device }).await.map(|_| ())
}

/// BlueZ forgets a device.
pub(super) async fn forget(bus: &Connection, shared: &Shared, device: usize) {
    unlink(bus, shared, device).await;
    shared.state().bonded.remove(&device);
    shared.state().objects.retain(|one| *one != device);
    bus.object_server().remove::<Device, _>(shared.devices()[device].path()).await.ok();
}

/// The services of a device become objects.
pub(super) async fn resolve(bus: &Connection, shared: &Shared, device: usize) -> zbus::Result<()> {
    let spec = &shared.devices()[device];
    let server = bus.object_server();
    for service in &spec.services {
        let path = format!("{}/service{:04x}", spec.path(), service.handle);
        let (uuid, device_path) = (service.uuid.clone(), spec.path());
        server.at(path.as_str(), Service { uuid, device: device_path }).await?;
        for one in &service.characteristics {
            let below = format!("{path}/char{:04x}", one.handle);
            let characteristic =
                Characteristic { shared: shared.clone(), device, spec: one.clone(), service: path.clone() };
            shared.state().values.insert(one.handle + 1, one.value.clone());
            server.at(below.as_str(), characteristic).await?;
            if let Some(configuration) = one.configuration {
                let descriptor = Descriptor { characteristic: below.clone() };
                server.at(format!("{below}/desc{configuration:04x}"), descriptor).await?;
            }
        }
    }
    if let Some(link) = shared.state().links.get_mut(&device) {
        link.resolved = true;
    }
    let values = HashMap::from([("ServicesResolved", Variant::from(true))]);
    signal(bus, &spec.path(), "org.bluez.Device1", values).await;
    Ok(())
}

/// The link of a device ends.
pub(super) async fn unlink(bus: &Connection, shared: &Shared, device: usize) {
    if shared.state().links.remove(&device).is_none() {
        return;
    }
    let spec = &shared.devices()[device];
    let values =
        HashMap::from([("ServicesResolved", Variant::from(false)), ("Connected", Variant::from(false))]);
    signal(bus, &spec.path(), "org.bluez.Device1", values).await;
    let server = bus.object_server();
    for service in &spec.services {
        let path = format!("{}/service{:04x}", spec.path(), service.handle);
        for one in &service.characteristics {
            let below = format!("{path}/char{:04x}", one.handle);
            shared.state().notifying.retain(|handle| *handle != one.handle + 1);
            if let Some(configuration) = one.configuration {
                server.remove::<Descriptor, _>(format!("{below}/desc{configuration:04x}")).await.ok();
            }
            server.remove::<Characteristic, _>(below).await.ok();
        }
        server.remove::<Service, _>(path).await.ok();
    }
}
