//! The work, through `btleplug`. Every call has an end here: BlueZ waits 30 s whatever it is asked, and other systems for
//! as long as a person looks at a question of theirs.

#[cfg(target_os = "linux")]
mod bluez_beside;
mod reads;
mod words;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use btleplug::api::{Central as _, CentralState, Manager as _, Peripheral as _};
use btleplug::platform::{Adapter, Manager, Peripheral, PeripheralId};
use futures::StreamExt as _;

use super::{
    SystemDevice, SystemError, SystemInspection, SystemRequest, SystemScan, SystemService, SystemTarget,
};
#[cfg(target_os = "linux")]
use bluez_beside::{BluezBeside, Listening};
use reads::Looking;
use words::{described, heard_by, uuid};

/// For an answer of the system itself.
const COMMAND: Duration = Duration::from_secs(5);
/// Devices of one scan.
const DEVICES_AT_MOST: usize = 512;

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
        let mut looking = Looking::new(self, peripheral, request);
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
