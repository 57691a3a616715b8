//! The work, through `btleplug`. Every call has an end here: BlueZ waits 30 s whatever it is asked, and other systems for
//! as long as a person looks at a question of theirs.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use btleplug::api::Central as _;
use btleplug::api::{
    AddressType, CentralEvent, CentralState, Characteristic, Descriptor, Manager as _, Peripheral as _,
    PeripheralProperties,
};
use btleplug::platform::{Adapter, Manager, Peripheral, PeripheralId};
use futures::StreamExt as _;

#[cfg(target_os = "linux")]
use super::bluez_beside::{BluezBeside, Listening};
use super::{
    SystemCharacteristic, SystemDescriptor, SystemDevice, SystemError, SystemInspection, SystemRead,
    SystemRequest, SystemScan, SystemService, SystemTarget,
};
use crate::ble::address::{AddressKind, DeviceAddress};
use crate::ble::advertising_data::hex;
use crate::ble::att::VALUE_AT_MOST;
use crate::ble::uuid::Uuid;

/// For an answer of the system itself.
const COMMAND: Duration = Duration::from_secs(5);
/// Devices of one scan.
const DEVICES_AT_MOST: usize = 512;
/// Services, or data, of one advertiser.
const ADVERTISED_AT_MOST: usize = 64;
/// Octets of a name.
const NAME_AT_MOST: usize = 248;
/// Reads of one look.
const READS_AT_MOST: usize = 512;
/// A client configuration.
const CONFIGURATION: Uuid = Uuid::short(0x2902);

pub(super) async fn scan(request: &SystemRequest) -> Result<SystemScan, SystemError> {
    Ok(Radio::open().await?.hear(request, None).await?.0)
}

pub(super) async fn inspect(
    target: &SystemTarget,
    request: &SystemRequest,
) -> Result<SystemInspection, SystemError> {
    let radio = Radio::open().await?;
    let (scan, ids) = radio.hear(request, Some(target)).await?;
    let device = target.among(&scan)?;
    let id = ids.into_iter().find(|id| id.to_string() == device.id);
    let id = id.ok_or_else(|| SystemError::Failed("looking up what was heard".to_owned()))?;
    let peripheral = told(radio.adapter.peripheral(&id), "looking up what was heard").await?;
    radio.refuse_acquaintance(&peripheral, &device.id).await?;
    let mut seen = SystemInspection {
        adapter: scan.adapter,
        others: scan.devices.len() - 1,
        device,
        services: Vec::new(),
        trouble: None,
    };
    let looked = radio.linked(&peripheral, request, &mut seen).await;
    // Whatever came of it, and a link that came about too late as well.
    let ended = told(peripheral.disconnect(), "taking the link down").await;
    looked?;
    if let Err(error) = ended
        && seen.trouble.is_none()
    {
        seen.trouble = Some(error.to_string());
    }
    Ok(seen)
}

/// An adapter that is switched on.
struct Radio {
    adapter: Adapter,
    name: String,
    #[cfg(target_os = "linux")]
    beside: BluezBeside,
}

impl Radio {
    async fn open() -> Result<Self, SystemError> {
        let none = |error: &dyn std::fmt::Display| SystemError::NoBluetooth(error.to_string());
        let manager = soon(Manager::new()).await.map_err(|error| none(&error))?;
        let adapters = soon(manager.adapters()).await.map_err(|error| none(&error))?;
        let mut named = Vec::new();
        for adapter in adapters {
            named.push((told(adapter.adapter_info(), "asking for the adapter").await?, adapter));
        }
        named.sort_by(|one, other| one.0.cmp(&other.0));
        let mut off = None;
        for (name, adapter) in named {
            match told(adapter.adapter_state(), "asking for the adapter").await? {
                // Starting to listen would switch it on, which is not for a tester to decide.
                CentralState::PoweredOff => off = off.or(Some(name)),
                CentralState::PoweredOn | CentralState::Unknown => {
                    #[cfg(target_os = "linux")]
                    let beside = soon(BluezBeside::open()).await.map_err(|error| none(&error))?;
                    return Ok(Self {
                        adapter,
                        name,
                        #[cfg(target_os = "linux")]
                        beside,
                    });
                }
            }
        }
        Err(off.map_or(SystemError::NoAdapter, SystemError::SwitchedOff))
    }

    /// Listens, and ends early where the device is heard by what only it has.
    async fn hear(
        &self,
        request: &SystemRequest,
        target: Option<&SystemTarget>,
    ) -> Result<(SystemScan, Vec<PeripheralId>), SystemError> {
        let mut events = told(self.adapter.events(), "listening").await?;
        let remembered = told(self.adapter.peripherals(), "listening").await?;
        let remembered: BTreeSet<String> = remembered.iter().map(|one| one.id().to_string()).collect();
        let began = Instant::now();
        let listening = self.begin().await?;
        let mut heard: Vec<PeripheralId> = Vec::new();
        let mut scan = SystemScan { adapter: self.name.clone(), ..SystemScan::default() };
        let outcome = loop {
            let left = request.listen.saturating_sub(began.elapsed());
            let event = tokio::select! {
                event = tokio::time::timeout(left, events.next()) => event,
                () = request.stop.cancelled() => break Err(SystemError::Stopped),
            };
            let id = match event {
                Err(_) => break Ok(()),
                Ok(None) => break Err(SystemError::Failed("listening: it went away".to_owned())),
                Ok(Some(event)) => match heard_by(event, &remembered) {
                    Some(id) if !heard.contains(&id) => id,
                    _ => continue,
                },
            };
            if heard.len() == DEVICES_AT_MOST {
                scan.left_out += 1;
                continue;
            }
            let found = match target {
                Some(target) => self.device(&id).await.is_some_and(|device| target.identifies(&device)),
                None => false,
            };
            heard.push(id);
            if found {
                break Ok(());
            }
        };
        // Before listening ends: BlueZ forgets the strength of signals with it.
        for id in &heard {
            scan.devices.extend(self.device(id).await);
        }
        scan.seconds = began.elapsed().as_secs_f64();
        let ended = self.end(listening).await;
        outcome?;
        ended?;
        Ok((scan, heard))
    }

    #[cfg(target_os = "linux")]
    async fn begin(&self) -> Result<Listening, SystemError> {
        let adapter = self.name.split(' ').next().unwrap_or_default();
        told(self.beside.listen(adapter), "listening").await
    }

    #[cfg(not(target_os = "linux"))]
    async fn begin(&self) -> Result<(), SystemError> {
        told(self.adapter.start_scan(btleplug::api::ScanFilter::default()), "listening").await
    }

    #[cfg(target_os = "linux")]
    async fn end(&self, listening: Listening) -> Result<(), SystemError> {
        told(self.beside.end(listening), "ending to listen").await
    }

    #[cfg(not(target_os = "linux"))]
    async fn end(&self, _listening: ()) -> Result<(), SystemError> {
        told(self.adapter.stop_scan(), "ending to listen").await
    }

    /// What the system has of a device now; nothing where it has forgotten it.
    async fn device(&self, id: &PeripheralId) -> Option<SystemDevice> {
        let peripheral = soon(self.adapter.peripheral(id)).await.ok()?;
        let properties = soon(peripheral.properties()).await.ok()??;
        Some(described(id.to_string(), properties))
    }

    /// Leaves a device alone with which this computer has a link or, where that can be found out, a bond.
    async fn refuse_acquaintance(&self, peripheral: &Peripheral, id: &str) -> Result<(), SystemError> {
        if told(peripheral.is_connected(), "asking for links").await? {
            return Err(SystemError::LinkedAlready(id.to_owned()));
        }
        if self.is_bonded(id).await? { Err(SystemError::Bonded(id.to_owned())) } else { Ok(()) }
    }

    #[cfg(target_os = "linux")]
    async fn is_bonded(&self, id: &str) -> Result<bool, SystemError> {
        told(self.beside.is_bonded(id), "asking for bonds").await
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_async, reason = "asked for elsewhere")]
    async fn is_bonded(&self, _id: &str) -> Result<bool, SystemError> {
        Ok(false)
    }

    /// Takes up the link and looks; what goes wrong after that is in `seen`.
    async fn linked(
        &self,
        peripheral: &Peripheral,
        request: &SystemRequest,
        seen: &mut SystemInspection,
    ) -> Result<(), SystemError> {
        let began = Instant::now();
        let connected = tokio::select! {
            connected = async {
                peripheral.connect_with_timeout(request.connection).await?;
                peripheral.discover_services_with_timeout(request.connection).await
            } => connected,
            () = request.stop.cancelled() => return Err(SystemError::Stopped),
        };
        connected.map_err(|error| SystemError::NotReached {
            device: seen.device.id.clone(),
            seconds: began.elapsed().as_secs_f64(),
            why: error.to_string(),
        })?;
        let mut looking = Looking { radio: self, peripheral, request, reads: 0, trouble: None };
        for service in peripheral.services() {
            let mut characteristics = Vec::new();
            for one in &service.characteristics {
                let looked = looking.characteristic(one, &seen.device.id).await;
                characteristics.push(looked);
            }
            let uuid = uuid(service.uuid);
            seen.services.push(SystemService { uuid, primary: service.primary, characteristics });
        }
        seen.trouble = looking.trouble;
        if request.stop.is_cancelled() { Err(SystemError::Stopped) } else { Ok(()) }
    }
}

/// A look that goes on until something goes wrong; what comes after that is listed and not read.
struct Looking<'a> {
    radio: &'a Radio,
    peripheral: &'a Peripheral,
    request: &'a SystemRequest,
    reads: usize,
    trouble: Option<String>,
}

impl Looking<'_> {
    async fn characteristic(&mut self, one: &Characteristic, id: &str) -> SystemCharacteristic {
        let own = uuid(one.uuid);
        let readable = one.properties.contains(btleplug::api::CharPropFlags::READ);
        let read = if readable {
            let peripheral = self.peripheral;
            self.read(own, id, peripheral.read(one)).await
        } else {
            None
        };
        let mut descriptors = Vec::new();
        for descriptor in &one.descriptors {
            descriptors.push(self.descriptor(descriptor, id).await);
        }
        let properties = one.properties.iter_names().map(|(name, _)| property_word(name)).collect();
        SystemCharacteristic { uuid: own, properties, read, descriptors }
    }

    async fn descriptor(&mut self, one: &Descriptor, id: &str) -> SystemDescriptor {
        let own = uuid(one.uuid);
        let peripheral = self.peripheral;
        let read = if own == CONFIGURATION {
            None
        } else {
            self.read(own, id, peripheral.read_descriptor(one)).await
        };
        SystemDescriptor { uuid: own, read }
    }

    async fn read(
        &mut self,
        what: Uuid,
        id: &str,
        reading: impl Future<Output = btleplug::Result<Vec<u8>>>,
    ) -> Option<SystemRead> {
        if self.trouble.is_some() || self.request.stop.is_cancelled() {
            return None;
        }
        if self.reads == READS_AT_MOST {
            self.trouble = Some(format!("{READS_AT_MOST} reads were made, and no more are"));
            return None;
        }
        self.reads += 1;
        let wait = self.request.answer;
        let answered = tokio::select! {
            answered = tokio::time::timeout(wait, reading) => answered,
            () = self.request.stop.cancelled() => return None,
        };
        let read = match answered {
            Ok(Ok(mut value)) => {
                value.truncate(VALUE_AT_MOST);
                SystemRead::Value(hex(&value))
            }
            Ok(Err(error)) => not_read(&error),
            Err(_) => {
                let seconds = wait.as_secs_f64();
                self.trouble = Some(format!(
                    "{what} was not answered within {seconds:.0} s; the system may wait for a pairing that it began by \
                     itself (a window on this computer asks for it), or the device does not answer"
                ));
                return Some(SystemRead::Failed(format!("no answer within {seconds:.0} s")));
            }
        };
        self.trouble = self.came_of(&read, what, id).await;
        Some(read)
    }

    /// What ends the look after a read: a link that is gone, a pairing that nobody asked for.
    async fn came_of(&self, read: &SystemRead, what: Uuid, id: &str) -> Option<String> {
        match self.radio.is_bonded(id).await {
            Ok(true) => {
                return Some(format!(
                    "the system paired with the device by itself when {what} was read, so strangers may not get its \
                     value; remove the bond in the settings of this computer (on Linux: bluetoothctl remove)"
                ));
            }
            Err(error) => return Some(error.to_string()),
            Ok(false) => {}
        }
        if matches!(read, SystemRead::Value(_)) {
            return None;
        }
        match told(self.peripheral.is_connected(), "asking for the link").await {
            Ok(true) => None,
            Ok(false) => Some(format!(
                "the link ended when {what} was read; whether the device ended it or this system is not told"
            )),
            Err(error) => Some(error.to_string()),
        }
    }
}

fn not_read(error: &btleplug::Error) -> SystemRead {
    #[cfg(target_os = "linux")]
    if let btleplug::Error::Other(inner) = error
        && let Some(refused) = super::bluez_beside::refusal(inner.as_ref())
    {
        return SystemRead::Refused(refused);
    }
    match error {
        btleplug::Error::PermissionDenied => SystemRead::Refused("permission denied".to_owned()),
        other => SystemRead::Failed(other.to_string()),
    }
}

/// Whom an event shows to be in reach. Systems begin by telling of those whom they remember.
fn heard_by(event: CentralEvent, remembered: &BTreeSet<String>) -> Option<PeripheralId> {
    match event {
        CentralEvent::DeviceDiscovered(id) | CentralEvent::ServicesAdvertisement { id, .. } => {
            (!remembered.contains(&id.to_string())).then_some(id)
        }
        CentralEvent::RssiUpdate { id, .. }
        | CentralEvent::ManufacturerDataAdvertisement { id, .. }
        | CentralEvent::ServiceDataAdvertisement { id, .. } => Some(id),
        _ => None,
    }
}

fn described(id: String, told: PeripheralProperties) -> SystemDevice {
    let octets = told.address.into_inner();
    let kind = told.address_type.map(|kind| match kind {
        AddressType::Public => AddressKind::Public,
        AddressType::Random => AddressKind::Random,
    });
    // All zeros stand for none, as on macOS.
    let address = kind.filter(|_| octets != [0; 6]).map(|kind| DeviceAddress { kind, octets });
    // BlueZ makes a name of the address for who has none, and gives it as the local one.
    let local = if cfg!(target_os = "linux") { None } else { told.local_name };
    let mut service_data: Vec<_> =
        told.service_data.into_iter().map(|(of, data)| (uuid(of), clipped(data))).collect();
    let mut manufacturer_data: Vec<_> =
        told.manufacturer_data.into_iter().map(|(of, data)| (of, clipped(data))).collect();
    service_data.sort();
    manufacturer_data.sort();
    service_data.truncate(ADVERTISED_AT_MOST);
    manufacturer_data.truncate(ADVERTISED_AT_MOST);
    SystemDevice {
        id,
        address,
        name: told.advertisement_name.or(local).map(|name| name.chars().take(NAME_AT_MOST).collect()),
        rssi: told.rssi,
        tx_power: told.tx_power_level,
        services: told.services.into_iter().take(ADVERTISED_AT_MOST).map(uuid).collect(),
        service_data,
        manufacturer_data,
    }
}

fn clipped(mut data: Vec<u8>) -> String {
    data.truncate(VALUE_AT_MOST);
    hex(&data)
}

/// The words of `hantei` for a property.
fn property_word(flag: &str) -> String {
    match flag {
        "AUTHENTICATED_SIGNED_WRITES" => "signed-write".to_owned(),
        "EXTENDED_PROPERTIES" => "extended".to_owned(),
        other => other.to_ascii_lowercase().replace('_', "-"),
    }
}

fn uuid(foreign: impl AsRef<[u8]>) -> Uuid {
    let mut octets = [0; 16];
    // That many are in every UUID.
    octets.copy_from_slice(foreign.as_ref());
    Uuid::long(octets)
}

/// Why a call of the system gave nothing, in its own words.
async fn soon<T, E: std::fmt::Display>(call: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match tokio::time::timeout(COMMAND, call).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {:.0} s", COMMAND.as_secs_f64())),
    }
}

async fn told<T, E: std::fmt::Display>(
    call: impl Future<Output = Result<T, E>>,
    what: &str,
) -> Result<T, SystemError> {
    soon(call).await.map_err(|why| SystemError::Failed(format!("{what}: {why}")))
}
