//! The back-end on HCI: sees everything that a controller shows, and sends everything that it is told to.

use std::time::Duration;

use futures::future::BoxFuture;

use super::adapter::{Adapter, HciStream};
use super::address::DeviceAddress;
use super::advertising_data::{AdvertisingData, hex};
use super::att::request;
use super::backend::{
    Abilities, AdvertisedPacket, Advertiser, AdvertisingPdu, BleBackend, BleError, BleScope, Fact,
    RawChannel, Reply, Scan, ScanRequest, SecurityFacts, Told,
};
use super::gatt::{self, GattTable};
use super::hci::{Command, RawReport};
use super::host::{BleLimits, Host, drawn_address};
use super::l2cap;
use super::pairing::{self, Bond, PairingPolicy, PairingReport};
use super::transcript::Transcript;

/// Advertisers of one scan.
const ADVERTISERS_AT_MOST: usize = 512;
/// Different packets of one advertiser.
const PACKETS_AT_MOST: usize = 32;
/// Longest scan.
const SCAN_AT_MOST: Duration = Duration::from_secs(24 * 3600);

/// A controller, and a host for it.
pub struct HciBackend {
    name: String,
    scope: BleScope,
    host: Host,
}

impl HciBackend {
    /// Opens an adapter and makes it ready.
    ///
    /// # Errors
    /// [`BleError::Adapter`] or [`BleError::Unavailable`].
    pub async fn open(adapter: &Adapter, scope: BleScope, limits: BleLimits) -> Result<Self, BleError> {
        let stream = adapter.open().await?;
        Self::on(adapter.to_string(), stream, scope, limits).await
    }

    /// The same on a stream that is there.
    ///
    /// # Errors
    /// [`BleError::Adapter`].
    pub async fn on(
        name: String,
        stream: Box<dyn HciStream>,
        scope: BleScope,
        limits: BleLimits,
    ) -> Result<Self, BleError> {
        Ok(Self { name: format!("hci {name}"), scope, host: Host::open(stream, limits).await? })
    }

    async fn listen(&mut self, request: ScanRequest) -> Result<Scan, BleError> {
        // Who is asked for a scan response is the controller's choice: it has to know whom alone to ask.
        let alone = request.only.filter(|_| request.active);
        if let Some(device) = alone {
            self.host.command(Command::clear_accept_list()).await?;
            self.host.command(Command::accept(device)).await?;
        }
        self.host.command(Command::set_scan_parameters(request.active, alone.is_some())).await?;
        self.host.command(Command::set_scan_enable(true)).await?;
        let mut scan = Scan::default();
        let heard = self.hear(&request, &mut scan).await;
        // The controller has to stop whatever came of it.
        let stopped = self.host.command_with_status(Command::set_scan_enable(false)).await;
        heard?;
        stopped?;
        scan.left_out += std::mem::take(&mut self.host.reports_lost);
        Ok(scan)
    }

    async fn hear(&mut self, request: &ScanRequest, scan: &mut Scan) -> Result<(), BleError> {
        let began = self.host.recorder.elapsed();
        let time = request.time.min(SCAN_AT_MOST);
        let mut last = false;
        while !last {
            let gone = self.host.recorder.elapsed() - began;
            // Patience is counted anew for every report: a busy neighbourhood is no flood.
            let mut patience = self.host.patience(time.saturating_sub(gone), "advertising");
            let Some(report) = self.host.report(&mut patience).await? else { break };
            let at = self.host.recorder.elapsed() - began;
            last = at >= time;
            scan.reports += 1;
            if request.only.is_some_and(|only| only != report.address) {
                scan.others += 1;
                continue;
            }
            take_in(scan, &report, u64::try_from(at.as_millis()).unwrap_or(u64::MAX));
            last |= request.until_heard;
        }
        scan.seconds = (self.host.recorder.elapsed() - began).as_secs_f64();
        Ok(())
    }

    async fn link_up(&mut self, device: DeviceAddress) -> Result<(), BleError> {
        if !self.scope.devices.contains(&device) {
            return Err(BleError::OutOfScope(device));
        }
        self.host.connect(device).await?;
        gatt::agree_on_mtu(&mut self.host).await
    }

    async fn exchange(
        &mut self,
        channel: RawChannel,
        octets: &[u8],
        wait: Duration,
    ) -> Result<Option<Vec<u8>>, BleError> {
        self.host.forget_answers(channel.number());
        self.host.send(channel.number(), octets).await?;
        let mut patience = self.host.patience(wait, "an answer to raw octets");
        self.host.raw_answer(channel, &mut patience).await
    }
}

fn take_in(scan: &mut Scan, report: &RawReport, at: u64) {
    let place = scan.advertisers.iter().position(|one| one.address == report.address);
    let place = match place {
        Some(place) => place,
        None if scan.advertisers.len() == ADVERTISERS_AT_MOST => {
            scan.left_out += 1;
            return;
        }
        None => {
            scan.advertisers.push(Advertiser { address: report.address, rssi: None, packets: Vec::new() });
            scan.advertisers.len() - 1
        }
    };
    let advertiser = &mut scan.advertisers[place];
    advertiser.rssi = advertiser.rssi.max(report.rssi);
    let (pdu, hex) = (AdvertisingPdu::from_number(report.kind), hex(&report.data));
    if let Some(known) = advertiser.packets.iter_mut().find(|one| one.pdu == pdu && one.hex == hex) {
        known.count += 1;
        known.heard.1 = at;
    } else if advertiser.packets.len() == PACKETS_AT_MOST {
        scan.left_out += 1;
    } else {
        let data = AdvertisingData::read(&report.data);
        advertiser.packets.push(AdvertisedPacket { pdu, hex, data, count: 1, heard: (at, at) });
    }
}

impl RawChannel {
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Att => l2cap::ATT,
            Self::Smp => l2cap::SMP,
            Self::Signalling => l2cap::SIGNALLING,
            Self::Other(number) => number,
        }
    }
}

impl BleBackend for HciBackend {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            att_errors: Fact::Known(()),
            pairing_details: Fact::Known(()),
            raw_octets: Fact::Known(()),
            extended_advertising: Fact::Unavailable(
                "this back-end listens to legacy advertising only".to_owned(),
            ),
            advertising_packets: Fact::Known(()),
        }
    }

    fn scan(&mut self, request: ScanRequest) -> BoxFuture<'_, Result<Scan, BleError>> {
        Box::pin(self.listen(request))
    }

    fn connect(&mut self, device: DeviceAddress) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(self.link_up(device))
    }

    fn disconnect(&mut self) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(self.host.disconnect())
    }

    fn become_stranger(&mut self) -> BoxFuture<'_, Result<DeviceAddress, BleError>> {
        Box::pin(async { self.host.take_address(drawn_address()).await.map(|()| self.host.own) })
    }

    fn become_again<'a>(&'a mut self, bond: &'a Bond) -> BoxFuture<'a, Result<(), BleError>> {
        Box::pin(self.host.take_address(bond.own))
    }

    fn discover(&mut self) -> BoxFuture<'_, Result<GattTable, BleError>> {
        Box::pin(gatt::discover(&mut self.host))
    }

    fn read(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>> {
        Box::pin(gatt::read(&mut self.host, handle))
    }

    fn read_long(&mut self, handle: u16) -> BoxFuture<'_, Result<Reply<Vec<u8>>, BleError>> {
        Box::pin(gatt::read_long(&mut self.host, handle))
    }

    fn write(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        Box::pin(async move { gatt::write(&mut self.host, handle, &value).await })
    }

    fn write_without_response(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<(), BleError>> {
        Box::pin(async move { self.host.send(l2cap::ATT, &request::write_command(handle, &value)).await })
    }

    fn write_long(&mut self, handle: u16, value: Vec<u8>) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        Box::pin(async move { gatt::write_long(&mut self.host, handle, &value).await })
    }

    fn subscribe(
        &mut self,
        configuration: u16,
        indications: bool,
    ) -> BoxFuture<'_, Result<Reply<()>, BleError>> {
        self.write(configuration, vec![if indications { 2 } else { 1 }, 0])
    }

    fn told(&mut self, wait: Duration) -> BoxFuture<'_, Result<Vec<Told>, BleError>> {
        Box::pin(self.host.told(wait))
    }

    fn raw(
        &mut self,
        channel: RawChannel,
        octets: Vec<u8>,
        wait: Duration,
    ) -> BoxFuture<'_, Result<Option<Vec<u8>>, BleError>> {
        Box::pin(async move { self.exchange(channel, &octets, wait).await })
    }

    fn pair<'a>(&'a mut self, policy: &'a PairingPolicy) -> BoxFuture<'a, Result<PairingReport, BleError>> {
        Box::pin(pairing::pair(&mut self.host, policy))
    }

    fn encrypt<'a>(&'a mut self, bond: &'a Bond) -> BoxFuture<'a, Result<bool, BleError>> {
        Box::pin(pairing::encrypt(&mut self.host, bond))
    }

    fn security(&self) -> SecurityFacts {
        let Some(link) = &self.host.link else {
            let why = || "there is no link".to_owned();
            return SecurityFacts {
                encrypted: Fact::Unavailable(why()),
                authenticated: Fact::Unavailable(why()),
                secure_connections: Fact::Unavailable(why()),
                key_size: Fact::Unavailable(why()),
            };
        };
        let key = link.key.filter(|_| link.is_encrypted());
        let why = || "the link is not encrypted".to_owned();
        SecurityFacts {
            encrypted: Fact::Known(link.is_encrypted()),
            authenticated: Fact::Known(key.is_some_and(|key| key.authenticated)),
            secure_connections: key
                .map_or_else(|| Fact::Unavailable(why()), |key| Fact::Known(key.secure_connections)),
            key_size: key.map_or_else(|| Fact::Unavailable(why()), |key| Fact::Known(key.size)),
        }
    }

    fn oddities(&self) -> Vec<String> {
        self.host.link.as_ref().map_or_else(Vec::new, |link| link.oddities.clone())
    }

    fn withhold(&mut self, secret: &[u8]) {
        self.host.recorder.withhold(secret);
    }

    fn transcript(&mut self) -> Transcript {
        self.host.recorder.take()
    }
}
