//! The link to a device, as BlueZ tells of it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Instant;

use super::bus::{CHARACTERISTIC, DEVICE, Interest, Trouble, What};
use super::objects::Place;
use super::properties::{Properties, flag, octets};
use super::{BluezBackend, REASON_NOT_TOLD};
use crate::ble::address::DeviceAddress;
use crate::ble::backend::{BleError, Told};
use crate::ble::pairing::PairingMethod;
use crate::ble::transcript::Direction;

/// Values that the device told and nobody asked for yet.
const TOLD_AT_MOST: usize = 4096;
/// Oddities that are kept.
const ODDITIES_AT_MOST: usize = 32;

/// The link to a device.
pub(super) struct Link {
    pub(super) path: String,
    pub(super) lost: bool,
    pub(super) resolved: bool,
    /// BlueZ says that there is a bond.
    pub(super) bonded: bool,
    /// How it was paired during this link.
    pub(super) paired_by: Option<PairingMethod>,
    /// A call did not come back: what BlueZ answers to others from now on is not to be trusted.
    pub(super) hangs: bool,
    pub(super) places: BTreeMap<u16, Place>,
    /// Paths of values that are told, with their handles, and whether they are confirmed.
    pub(super) subscribed: HashMap<String, (u16, bool)>,
    /// Values of reads that BlueZ has yet to signal as if the device had told them.
    pub(super) echoes: Vec<(u16, Vec<u8>)>,
    pub(super) told: VecDeque<Told>,
    pub(super) oddities: Vec<String>,
}

impl Link {
    pub(super) fn odd(&mut self, what: String) {
        if self.oddities.len() < ODDITIES_AT_MOST {
            self.oddities.push(what);
        }
    }

    pub(super) fn tell(&mut self, handle: u16, value: Vec<u8>, confirmed: bool) {
        if let Some(place) = self.echoes.iter().position(|echo| *echo == (handle, value.clone())) {
            self.echoes.swap_remove(place);
        } else if self.told.len() == TOLD_AT_MOST {
            self.odd(format!(
                "more than {TOLD_AT_MOST} values told before anybody asked; the others are lost"
            ));
        } else {
            self.told.push_back(Told { handle, value, confirmed });
        }
    }

    pub(super) fn take_in(&mut self, properties: &Properties) {
        self.lost |= flag(properties, "Connected") == Some(false);
        self.resolved = flag(properties, "ServicesResolved").unwrap_or(self.resolved);
        self.bonded |= flag(properties, "Paired") == Some(true) || flag(properties, "Bonded") == Some(true);
    }
}

impl BluezBackend {
    /// The link, which has to be there still.
    pub(super) fn link(&mut self) -> Result<&mut Link, BleError> {
        self.file_events();
        let link = self.link.as_mut().ok_or(BleError::NoLink)?;
        if link.lost {
            return Err(BleError::LinkLost { reason: REASON_NOT_TOLD });
        }
        if link.hangs {
            return Err(BleError::Adapter(
                "an earlier question hangs in BlueZ; take up the link anew".to_owned(),
            ));
        }
        Ok(link)
    }

    pub(super) fn hang(&mut self) {
        if let Some(link) = self.link.as_mut() {
            link.hangs = true;
        }
    }

    /// Takes in what BlueZ has signalled about the link.
    pub(super) fn file_events(&mut self) {
        while let Some(event) = self.bus.next_event() {
            let Some(link) = self.link.as_mut() else { continue };
            match &event.what {
                What::Changed(interface, properties) if interface == DEVICE && event.path == link.path => {
                    link.take_in(properties);
                }
                What::Changed(interface, properties) if interface == CHARACTERISTIC => {
                    let told = link.subscribed.get(&event.path).copied();
                    if let (Some((handle, confirmed)), Some(value)) = (told, octets(properties, "Value")) {
                        let what = format!("value of handle {handle:#06x} signalled");
                        self.recorder.call(Direction::FromDevice, what, Some(&value));
                        link.tell(handle, value, confirmed);
                    }
                }
                What::Removed(interfaces)
                    if event.path == link.path && interfaces.iter().any(|one| one == DEVICE) =>
                {
                    link.lost = true;
                }
                _ => {}
            }
        }
        if self.bus.lost > 0 {
            let lost = std::mem::take(&mut self.bus.lost);
            if let Some(link) = self.link.as_mut() {
                link.odd(format!("{lost} signals of BlueZ found no place"));
            }
        }
    }

    pub(super) async fn link_up(&mut self, device: DeviceAddress) -> Result<(), BleError> {
        if !self.scope.devices.contains(&device) {
            return Err(BleError::OutOfScope(device));
        }
        if self.link.is_some() {
            return Err(BleError::LinkedAlready);
        }
        let known = self.make_known(device).await?;
        let path = self.path_of(device);
        if flag(&known, "Connected") == Some(true) {
            return Err(BleError::Adapter(format!(
                "another program has a link to {device} through BlueZ; end it (bluetoothctl disconnect)"
            )));
        }
        if flag(&known, "Paired") == Some(true) || flag(&known, "Bonded") == Some(true) {
            return Err(BleError::Adapter(format!(
                "BlueZ has a bond with {device}, by which it would encrypt every link; remove it first \
                 (bluetoothctl remove)"
            )));
        }
        self.bus.watch(Interest::Below(path.clone()));
        let began = Instant::now();
        self.recorder.happened(format!("BlueZ is asked for a link to {device}"));
        let called = self.bus.call(&path, DEVICE, "Connect", &(), self.limits.connection).await;
        let not_reached = BleError::NotReached { device, seconds: began.elapsed().as_secs_f64() };
        match called {
            Ok(()) => {}
            Err(trouble @ Trouble::Late(_)) => {
                // BlueZ goes on trying otherwise.
                let short = self.limits.command;
                let stopped: Result<(), _> = self.bus.call(&path, DEVICE, "Disconnect", &(), short).await;
                return Err(match stopped {
                    Err(Trouble::Late(_) | Trouble::Broken(_)) => trouble.of_the_adapter("connecting"),
                    _ => not_reached,
                });
            }
            Err(Trouble::Refused { name, text })
                if name == "org.bluez.Error.Failed" && is_of_the_link(&text)
                    || name == "org.bluez.Error.ConnectionAttemptFailed" =>
            {
                return Err(not_reached);
            }
            Err(trouble) => return Err(trouble.of_the_adapter("connecting")),
        }
        self.recorder.happened("linked");
        let mut link = Link {
            path,
            lost: false,
            resolved: false,
            bonded: false,
            paired_by: None,
            hangs: false,
            places: BTreeMap::new(),
            subscribed: HashMap::new(),
            echoes: Vec::new(),
            told: VecDeque::new(),
            oddities: Vec::new(),
        };
        // It may have been told before the call came back, or be lost again.
        let now = self.bus.properties(&link.path, DEVICE, self.limits.command).await;
        match now.map_err(|trouble| trouble.of_the_adapter("asking for the link"))? {
            Some(properties) => link.take_in(&properties),
            None => link.lost = true,
        }
        self.link = Some(link);
        self.link().map(|_| ())
    }

    pub(super) async fn link_down(&mut self) -> Result<(), BleError> {
        self.file_events();
        let Some(link) = self.link.take() else { return Ok(()) };
        let wait = self.limits.command;
        let mut ended = Ok(());
        if !link.lost {
            ended = match self.bus.call::<_, ()>(&link.path, DEVICE, "Disconnect", &(), wait).await {
                Err(trouble) if !matches!(trouble.kind(), "NotConnected" | "UnknownObject") => Err(trouble),
                _ => Ok(()),
            };
            self.recorder.happened("the link is ended");
        }
        if link.bonded || link.paired_by.is_some() {
            // The next link is one of strangers again, as over HCI.
            ended = ended.and(self.bus.remove(&link.path, wait).await);
        }
        ended.map_err(|trouble| trouble.of_the_adapter("ending the link"))
    }

    pub(super) async fn look_whether_linked(&mut self) -> Result<(), BleError> {
        let Some(path) = self.link.as_ref().map(|link| link.path.clone()) else { return Ok(()) };
        let now = self.bus.properties(&path, DEVICE, self.limits.command).await;
        let now = now.map_err(|trouble| trouble.of_the_adapter("asking for the link"))?;
        if let Some(link) = self.link.as_mut() {
            match now {
                Some(properties) => link.take_in(&properties),
                None => link.lost = true,
            }
        }
        Ok(())
    }
}

impl Drop for BluezBackend {
    fn drop(&mut self) {
        // BlueZ keeps a link whose client is gone. What can still be done is done without waiting.
        let Some(link) = self.link.take().filter(|link| !link.lost) else { return };
        let (Ok(runtime), connection) =
            (tokio::runtime::Handle::try_current(), self.bus.connection().clone())
        else {
            return;
        };
        let wait = self.limits.command;
        runtime.spawn(async move {
            let path = link.path.as_str();
            let call = connection.call_method(Some("org.bluez"), path, Some(DEVICE), "Disconnect", &());
            tokio::time::timeout(wait, call).await.ok()
        });
    }
}

/// Whether BlueZ says of a failed connection that the device took none.
fn is_of_the_link(text: &str) -> bool {
    [
        "le-connection-abort",
        "le-connection-refused",
        "le-connection-unknown",
        "Software caused connection abort",
    ]
    .iter()
    .any(|known| text.starts_with(known))
}
