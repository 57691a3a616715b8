//! Listening by discovery sessions of BlueZ, LE only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use zbus::Variant;

use super::BluezBackend;
use super::bus::{ADAPTER, DEVICE, Event, Interest, Trouble};
use super::properties::{Properties, address, advertising_data, device_segment, is_of_kind, rssi};
use crate::ble::address::DeviceAddress;
use crate::ble::backend::{AdvertisedPacket, Advertiser, AdvertisingPdu, BleError, Scan, ScanRequest};

/// Advertisers of one scan.
const ADVERTISERS_AT_MOST: usize = 512;
/// Different states of one advertiser.
const STATES_AT_MOST: usize = 32;
/// Longest scan.
const SCAN_AT_MOST: Duration = Duration::from_secs(24 * 3600);

/// What is known of one path during a scan. BlueZ tells what has changed, so the rest has to be kept.
struct Heard {
    properties: Properties,
    advertiser: Option<Advertiser>,
}

impl BluezBackend {
    /// Path of a device; BlueZ leaves out the kind of the address.
    pub(super) fn path_of(&self, device: DeviceAddress) -> String {
        format!("{}/{}", self.bus.adapter(), device_segment(device))
    }

    /// Scans.
    pub(super) async fn listen(&mut self, request: ScanRequest) -> Result<Scan, BleError> {
        if !request.active {
            return Err(BleError::Unavailable(
                "BlueZ asks everybody for scan responses whenever it listens; say that this is wanted (--active), \
                 or listen over HCI"
                    .to_owned(),
            ));
        }
        if self.link.is_some() {
            // Signals of the link would be lost among those of the neighbourhood.
            return Err(BleError::LinkedAlready);
        }
        let interest = match request.only {
            Some(only) => Interest::Below(self.path_of(only)),
            None => Interest::Everybody,
        };
        self.bus.watch(interest);
        let began = Instant::now();
        self.discovery(true).await?;
        let mut scan = Scan::default();
        let heard = self.hear(&request, began, &mut scan).await;
        let stopped = self.discovery(false).await;
        let others = self.bus.others;
        scan.others += others;
        scan.reports += others;
        scan.left_out += self.bus.lost;
        scan.seconds = began.elapsed().as_secs_f64();
        // Nothing of the neighbourhood stays behind.
        self.bus.watch(Interest::Below(self.bus.adapter().to_owned()));
        heard?;
        stopped?;
        Ok(scan)
    }

    /// Begins or ends a discovery session of this connection.
    async fn discovery(&mut self, on: bool) -> Result<(), BleError> {
        let (adapter, wait) = (self.bus.adapter().to_owned(), self.limits.command);
        let called = if on {
            // LE alone: else the kernel asks classic neighbours for their names, which takes links to them.
            let filter =
                HashMap::from([("Transport", Variant::from("le")), ("DuplicateData", Variant::from(true))]);
            match self.bus.call(&adapter, ADAPTER, "SetDiscoveryFilter", &filter, wait).await {
                Ok(()) => self.bus.call(&adapter, ADAPTER, "StartDiscovery", &(), wait).await,
                refused => refused,
            }
        } else {
            self.bus.call(&adapter, ADAPTER, "StopDiscovery", &(), wait).await
        };
        called.map_err(|trouble: Trouble| match trouble.kind() {
            "NotReady" => BleError::Adapter(format!(
                "BlueZ has {} switched off; switch it on (bluetoothctl power on)",
                self.name
            )),
            _ => trouble.of_the_adapter("listening"),
        })
    }

    async fn hear(&mut self, request: &ScanRequest, began: Instant, scan: &mut Scan) -> Result<(), BleError> {
        let until = began + request.time.min(SCAN_AT_MOST);
        let mut heard: Vec<(String, Heard)> = Vec::new();
        while let Some(event) = self.bus.event(until).await? {
            if event.of_device().is_none() {
                continue;
            }
            let report = event.is_report();
            let at = u64::try_from(event.at.saturating_duration_since(began).as_millis()).unwrap_or(u64::MAX);
            let place = match heard.iter().position(|(path, _)| *path == event.path) {
                Some(place) => place,
                None if heard.len() == ADVERTISERS_AT_MOST => {
                    scan.left_out += 1;
                    continue;
                }
                None => {
                    let Some(properties) = self.first_seen(&event).await? else { continue };
                    heard.push((event.path.clone(), Heard { properties, advertiser: None }));
                    heard.len() - 1
                }
            };
            let Some(changed) = event.of_device() else { continue };
            let one = &mut heard[place].1;
            for (name, value) in changed {
                if let Ok(value) = value.try_clone() {
                    one.properties.insert(name.clone(), value);
                }
            }
            let Some(address) = address(&one.properties) else { continue };
            scan.reports += u64::from(report);
            if request.only.is_some_and(|only| only != address) {
                // The same octets, of the other kind.
                scan.others += u64::from(report);
                one.properties.clear();
                continue;
            }
            scan.left_out += one.take_in(address, report, at);
            if request.until_heard && report {
                break;
            }
        }
        scan.advertisers.extend(heard.into_iter().filter_map(|(_, one)| one.advertiser));
        Ok(())
    }

    /// Everything of a device that is met for the first time in this scan.
    async fn first_seen(&mut self, event: &Event) -> Result<Option<Properties>, BleError> {
        let wait = self.limits.command;
        let properties = self.bus.properties(&event.path, DEVICE, wait).await;
        properties.map_err(|trouble| trouble.of_the_adapter("asking what was heard"))
    }

    /// Listens until BlueZ knows the device, which it has to before it connects.
    pub(super) async fn make_known(&mut self, device: DeviceAddress) -> Result<Properties, BleError> {
        let (path, wait) = (self.path_of(device), self.limits.command);
        let asking = "asking for the device";
        self.bus.watch(Interest::Below(path.clone()));
        let known = self.bus.properties(&path, DEVICE, wait).await;
        let known = known.map_err(|trouble| trouble.of_the_adapter(asking))?;
        if let Some(properties) = known.filter(|properties| is_of_kind(properties, device.kind)) {
            return Ok(properties);
        }
        let began = Instant::now();
        self.discovery(true).await?;
        let until = began + self.limits.connection;
        let found = loop {
            match self.bus.event(until).await {
                Ok(Some(event)) if event.path == path && event.of_device().is_some() => {
                    match self.bus.properties(&path, DEVICE, wait).await {
                        Ok(Some(known)) if is_of_kind(&known, device.kind) => break Ok(Some(known)),
                        Ok(_) => {}
                        Err(trouble) => break Err(trouble.of_the_adapter(asking)),
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => break Ok(None),
                Err(error) => break Err(error),
            }
        };
        let stopped = self.discovery(false).await;
        let found = found?;
        stopped?;
        found.ok_or(BleError::NotReached { device, seconds: began.elapsed().as_secs_f64() })
    }
}

impl Heard {
    /// Takes in what BlueZ has of the device now; how much of it found no place.
    fn take_in(&mut self, address: DeviceAddress, report: bool, at: u64) -> u64 {
        if self.advertiser.is_none() && !report {
            // Remembered, and not heard.
            return 0;
        }
        let advertiser =
            self.advertiser.get_or_insert_with(|| Advertiser { address, rssi: None, packets: Vec::new() });
        advertiser.rssi = advertiser.rssi.max(rssi(&self.properties));
        let data = advertising_data(&self.properties);
        if let Some(known) = advertiser.packets.iter_mut().find(|one| one.data == data) {
            known.count += u64::from(report);
            known.heard.1 = at;
        } else if advertiser.packets.len() == STATES_AT_MOST {
            return 1;
        } else {
            let (pdu, hex, heard) = (AdvertisingPdu::Merged, String::new(), (at, at));
            advertiser.packets.push(AdvertisedPacket { pdu, hex, data, count: 1, heard });
        }
        0
    }
}
