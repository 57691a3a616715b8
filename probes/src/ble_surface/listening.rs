//! Listening for the sample: sending nothing at first, then asking it alone for more.

use std::sync::Arc;
use std::time::Duration;

use super::spelling::{Mark, octets_of};
use super::{BleSurface, Params};
use crate::ble::{
    Advertiser, AdvertisingPdu, BleBackend, BleScope, DeviceAddress, Lasting, NoWay, Scan, ScanRequest,
};
use crate::context::ProbeContext;

/// What is listened to at once; after each the others are forgotten.
const SLICE: Duration = Duration::from_secs(5);
/// The same for a simulated device, which advertises ten times a second.
const SHORT_SLICE: Duration = Duration::from_millis(120);
/// Seconds for which scan responses are asked for at most.
const ASKING_AT_MOST: f64 = 5.0;
/// Addresses that are kept: a device that takes a new one for each packet is not followed without end.
const ADDRESSES_AT_MOST: usize = 64;
/// Different packets of one address that are kept.
const PACKETS_AT_MOST: usize = 64;

/// Whether somebody may connect.
pub(super) fn connectable(advertiser: &Advertiser) -> bool {
    let open = |pdu| matches!(pdu, AdvertisingPdu::Connectable | AdvertisingPdu::Merged);
    advertiser.packets.iter().any(|packet| open(packet.pdu))
}

/// Who listens, and for whom.
pub(super) struct Listener<'p> {
    params: &'p Params,
    marks: Vec<Mark>,
    mac: Option<Vec<u8>>,
    short: bool,
}

impl<'p> Listener<'p> {
    /// # Errors
    /// [`NoWay::Unnamed`] where nothing tells the sample from others, [`NoWay::NoAdapter`].
    pub(super) fn of(params: &'p Params) -> Result<Self, NoWay> {
        let marks: Vec<Mark> = marks(params).collect();
        if params.sample.adapter.is_none() {
            return Err(NoWay::NoAdapter);
        }
        let listener = Self {
            params,
            marks,
            mac: params.mac.as_deref().and_then(|mac| octets_of(&mac.replace([':', '-'], ""))),
            short: params.sample.profile.as_deref() == Some("matrix"),
        };
        if !listener.may_connect() && listener.marks.is_empty() {
            return Err(NoWay::Unnamed);
        }
        Ok(listener)
    }

    /// Whether the bench says which device is the sample. That an advertiser tells the number of the sample shows that
    /// it is there, and permits nothing.
    pub(super) fn may_connect(&self) -> bool {
        self.params.sample.name.is_some() || self.params.sample.bluetooth_address.is_some()
    }

    /// Listens, then asks; the address at which the sample is now, if it was heard.
    pub(super) async fn listen(
        &self,
        seen: &mut BleSurface,
        context: &Arc<ProbeContext>,
    ) -> Result<Option<DeviceAddress>, NoWay> {
        let mut backend = self.params.sample.open(BleScope::default()).await?;
        (context.progress)(0, 3, "listening to advertising");
        let wanted = self.params.sample.listen_seconds.clamp(0.05, 3600.0);
        // A simulated device is known soon; until it is, patience is longer than usual.
        let patience = if self.short { wanted * 4.0 } else { wanted };
        let mut passive = Scan::default();
        while passive.seconds < patience {
            let request = ScanRequest {
                time: self.slice(patience - passive.seconds),
                active: false,
                only: None,
                until_heard: false,
            };
            let slice = backend.scan(request).await?;
            join(&mut passive, self.own(slice));
            seen.passive.clone_from(&passive);
            if self.short && !passive.advertisers.is_empty() {
                break;
            }
        }
        seen.known_by = passive.advertisers.iter().find_map(|one| self.known_by(one)).map(str::to_owned);
        let Some(address) = self.address(&passive)? else { return Ok(None) };
        if self.asks_of(&passive, address) {
            (context.progress)(1, 3, "asking for scan responses");
            seen.active = Some(self.ask(backend.as_mut(), address).await?);
        }
        Ok(Some(address))
    }

    async fn ask(&self, backend: &mut dyn BleBackend, address: DeviceAddress) -> Result<Scan, NoWay> {
        let most = self.params.sample.listen_seconds.clamp(1.0, ASKING_AT_MOST);
        let mut active = Scan::default();
        while active.seconds < most {
            let time = self.slice(most - active.seconds);
            let request = ScanRequest { time, active: true, only: Some(address), until_heard: false };
            join(&mut active, backend.scan(request).await?);
            let answered = |one: &Advertiser| {
                one.packets.iter().any(|packet| packet.pdu == AdvertisingPdu::ScanResponse)
            };
            if self.short && active.advertisers.iter().any(answered) {
                break;
            }
        }
        Ok(active)
    }

    /// Whether this address says that it answers to scans.
    fn asks_of(&self, scan: &Scan, address: DeviceAddress) -> bool {
        let answers = |pdu| {
            matches!(pdu, AdvertisingPdu::Connectable | AdvertisingPdu::Scannable | AdvertisingPdu::Merged)
        };
        let mut own = scan.advertisers.iter().filter(|one| one.address == address);
        own.any(|one| one.packets.iter().any(|packet| answers(packet.pdu)))
    }

    fn slice(&self, left: f64) -> Duration {
        let slice = if self.short { SHORT_SLICE } else { SLICE };
        slice.min(Duration::from_secs_f64(left.max(0.05)))
    }

    fn address(&self, scan: &Scan) -> Result<Option<DeviceAddress>, NoWay> {
        if self.may_connect() {
            return self.params.sample.which(scan);
        }
        Ok(scan.advertisers.last().map(|one| one.address))
    }

    /// By what an advertiser is known to be the sample. Where the bench says how it is known, nothing else counts.
    fn known_by(&self, advertiser: &Advertiser) -> Option<&'static str> {
        if self.may_connect() {
            let by = if self.params.sample.bluetooth_address.is_some() { "address" } else { "name" };
            return self.params.sample.is(advertiser).then_some(by);
        }
        let has_mac = advertiser.address.lasting() == Lasting::Public
            && self.mac.as_deref() == Some(&advertiser.address.octets[..]);
        if has_mac {
            return Some("mac");
        }
        let told = advertiser.packets.iter().filter_map(|packet| octets_of(&packet.hex));
        let told: Vec<Vec<u8>> = told.collect();
        // A part of a number may be a neighbour's by chance; the whole is not.
        let whole = |mark: &&Mark| told.iter().any(|data| mark.is_whole_in(data));
        self.marks.iter().find(whole).map(|mark| mark.what)
    }

    /// A scan without the others, whose reports are counted.
    fn own(&self, mut scan: Scan) -> Scan {
        let (own, others): (Vec<Advertiser>, Vec<Advertiser>) =
            scan.advertisers.into_iter().partition(|one| self.known_by(one).is_some());
        scan.others = scan.others.saturating_add(others.iter().map(reports_of).sum());
        scan.advertisers = own;
        scan
    }
}

/// What names the unit, of what the bench knows.
pub(super) fn marks(params: &Params) -> impl Iterator<Item = Mark> {
    let serial = params.serial.as_deref().and_then(Mark::serial);
    serial.into_iter().chain(params.mac.as_deref().and_then(Mark::mac))
}

fn reports_of(advertiser: &Advertiser) -> u64 {
    advertiser.packets.iter().fold(0, |all, packet| all.saturating_add(packet.count))
}

/// Adds what was heard after it to a scan.
fn join(whole: &mut Scan, next: Scan) {
    let offset = (whole.seconds * 1000.0) as u64;
    whole.reports = whole.reports.saturating_add(next.reports);
    whole.others = whole.others.saturating_add(next.others);
    whole.left_out = whole.left_out.saturating_add(next.left_out);
    whole.seconds += next.seconds.max(0.001);
    for mut heard in next.advertisers {
        let room = whole.advertisers.len() < ADDRESSES_AT_MOST;
        for packet in &mut heard.packets {
            packet.heard = (packet.heard.0 + offset, packet.heard.1 + offset);
        }
        match whole.advertisers.iter_mut().find(|one| one.address == heard.address) {
            None if room => whole.advertisers.push(heard),
            None => whole.left_out = whole.left_out.saturating_add(reports_of(&heard)),
            Some(known) => {
                known.rssi = known.rssi.max(heard.rssi);
                for packet in heard.packets {
                    let room = known.packets.len() < PACKETS_AT_MOST;
                    let same = |one: &&mut crate::ble::AdvertisedPacket| {
                        one.pdu == packet.pdu && one.hex == packet.hex && one.data == packet.data
                    };
                    match known.packets.iter_mut().find(same) {
                        Some(one) => {
                            one.count = one.count.saturating_add(packet.count);
                            one.heard.1 = packet.heard.1;
                        }
                        None if room => known.packets.push(packet),
                        None => whole.left_out = whole.left_out.saturating_add(packet.count),
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ble::AdvertisedPacket;
    use crate::ble::advertising_data::AdvertisingData;

    fn heard(address: &str, data: &[u8], at: (u64, u64)) -> Advertiser {
        let packet = AdvertisedPacket {
            pdu: AdvertisingPdu::Connectable,
            hex: crate::ble::advertising_data::hex(data),
            data: AdvertisingData::read(data),
            count: 3,
            heard: at,
        };
        Advertiser { address: address.parse().unwrap(), rssi: Some(-60), packets: vec![packet] }
    }

    fn scan(advertisers: Vec<Advertiser>) -> Scan {
        Scan { reports: 3 * advertisers.len() as u64, advertisers, seconds: 5.0, ..Scan::default() }
    }

    const NAMED: &[u8] = &[3, 0x09, b'H', b'K'];
    const OLD: &str = "40:00:00:00:00:01/random";
    const NEW: &str = "40:00:00:00:00:02/random";

    #[test]
    fn slices_become_one_scan_in_which_a_new_address_is_another_advertiser() {
        let mut whole = Scan::default();
        join(&mut whole, scan(vec![heard(OLD, NAMED, (10, 4_900))]));
        join(&mut whole, scan(vec![heard(OLD, NAMED, (100, 900)), heard(NEW, NAMED, (1_000, 4_000))]));
        assert_eq!((whole.seconds, whole.reports, whole.advertisers.len()), (10.0, 9, 2));
        let packet = &whole.advertisers[0].packets[0];
        assert_eq!((packet.count, packet.heard), (6, (10, 5_900)));
        assert_eq!(whole.advertisers[1].packets[0].heard, (6_000, 9_000));
        let sample = crate::ble::BleSample { name: Some("HK".to_owned()), ..Default::default() };
        assert_eq!(sample.which(&whole).unwrap(), Some(whole.advertisers[1].address));
    }

    #[test]
    fn a_device_that_takes_an_address_for_each_packet_is_not_followed_without_end() {
        let mut whole = Scan::default();
        for number in 0..200_u32 {
            let address = format!("40:00:00:00:00:{number:02X}/random");
            join(&mut whole, scan(vec![heard(&address, NAMED, (0, 1))]));
        }
        assert_eq!((whole.advertisers.len(), whole.left_out), (ADDRESSES_AT_MOST, 3 * 136));
        let mut one = Scan::default();
        for number in 0..=255 {
            join(&mut one, scan(vec![heard(OLD, &[2, 0xff, number], (0, 1))]));
        }
        assert_eq!((one.advertisers[0].packets.len(), one.left_out), (PACKETS_AT_MOST, 3 * 192));
    }

    #[test]
    fn neighbours_are_not_the_sample_by_a_part_of_its_number() {
        let params = Params {
            sample: crate::ble::BleSample {
                adapter: Some("tcp:127.0.0.1:1".to_owned()),
                ..Default::default()
            },
            serial: Some("HK100-26-144293".to_owned()),
            ..Params::default()
        };
        let listener = Listener::of(&params).unwrap();
        let told = |text: &[u8]| {
            let mut data = vec![text.len() as u8 + 3, 0xff, 0xff, 0xff];
            data.extend(text);
            listener.known_by(&heard(OLD, &data, (0, 1)))
        };
        assert_eq!(told(b"HK100-26-144293"), Some("serial"));
        assert_eq!(told(b"144293"), None);
        assert_eq!(told(b"\x14\x42\x93"), None);
    }
}
