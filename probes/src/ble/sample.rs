//! The sample on the air: how a probe comes from what the bench says of it to a link with it and with nobody else.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::adapter::{Adapter, open_backend};
use super::address::DeviceAddress;
use super::backend::{Advertiser, BleBackend, BleError, BleScope, Scan, ScanRequest};
use super::host::BleLimits;
use super::pairing::{Ask, Compare, NumericAnswer, PairingPolicy, PasskeySource};
use crate::context::ProbeContext;

/// A part of the time for which a search listens at once; so long a found sample waits at most.
const SLICE: Duration = Duration::from_millis(400);

/// What the bench says of a sample. Every `ble-*` probe takes it among its parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleSample {
    /// The adapter of the tester; none: nothing can be observed.
    #[serde(default)]
    pub adapter: Option<String>,
    /// Name that the sample advertises in full.
    #[serde(default)]
    pub name: Option<String>,
    /// Address that it keeps, as `00:11:22:33:44:55/public`.
    #[serde(default)]
    pub bluetooth_address: Option<String>,
    /// Seconds for which advertising is listened to.
    #[serde(default = "usual_listening")]
    pub listen_seconds: f64,
    /// Longest wait for an answer in seconds.
    #[serde(default = "usual_answer")]
    pub answer_seconds: f64,
    /// Longest wait for a device that went away, in seconds.
    #[serde(default = "usual_recovery")]
    pub recovery_seconds: f64,
    /// `matrix`: the short effort for a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

fn usual_listening() -> f64 {
    15.0
}

fn usual_answer() -> f64 {
    5.0
}

fn usual_recovery() -> f64 {
    180.0
}

/// Why there is no way to the sample.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoWay {
    /// The bench has no adapter.
    #[error("the bench names no Bluetooth LE adapter: [bluetooth] adapter of the bench file")]
    NoAdapter,
    /// The bench does not say which of those that advertise is the sample.
    #[error(
        "the bench does not say how the sample is known on the air: bluetooth_name or bluetooth_address of its \
         [[sample]]"
    )]
    Unnamed,
    /// Nothing of the sample was heard.
    #[error("{sample} was not heard within {seconds:.1} s ({others} reports of others)")]
    NotHeard {
        /// How it should have been known.
        sample: String,
        /// How long it was listened.
        seconds: f64,
        /// Reports of others.
        others: u64,
    },
    /// More than one device has the name.
    #[error(
        "{count} devices advertise as {name}: switch the others off, or name the address of the sample \
         (bluetooth_address)"
    )]
    Ambiguous {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// Bluetooth LE failed.
    #[error(transparent)]
    Ble(#[from] BleError),
}

impl NoWay {
    /// Whether the tester or its equipment is to blame; a device that is not heard is not.
    pub fn is_of_the_tester(&self) -> bool {
        match self {
            Self::NotHeard { .. } => false,
            Self::Ble(error) => error.is_of_the_tester(),
            Self::NoAdapter | Self::Unnamed | Self::Ambiguous { .. } => true,
        }
    }
}

impl BleSample {
    /// The limits of the back-end.
    pub fn limits(&self) -> BleLimits {
        let answer = Duration::from_secs_f64(self.answer_seconds.clamp(0.05, 60.0));
        BleLimits { connection: answer, answer, ..BleLimits::default() }
    }

    /// Opens the adapter for a set of devices; an empty one lets it listen and nothing else.
    ///
    /// # Errors
    /// [`NoWay::NoAdapter`], [`NoWay::Ble`].
    pub async fn open(&self, scope: BleScope) -> Result<Box<dyn BleBackend>, NoWay> {
        let text = self.adapter.as_deref().ok_or(NoWay::NoAdapter)?;
        let adapter: Adapter =
            text.parse().map_err(|error: super::adapter::NoAdapter| BleError::Adapter(error.to_string()))?;
        Ok(open_backend(&adapter, scope, self.limits()).await?)
    }

    /// Whether an advertiser is the sample: it has the address, or tells the whole name.
    pub fn is(&self, advertiser: &Advertiser) -> bool {
        if let Some(address) = self.bluetooth_address.as_deref().and_then(|text| text.parse().ok()) {
            return advertiser.address == address;
        }
        self.name.as_deref().is_some_and(|name| {
            advertiser.packets.iter().any(|packet| packet.data.complete_name() == Some(name))
        })
    }

    /// How the sample is known, in words.
    fn known_as(&self) -> Result<String, NoWay> {
        let address = self.bluetooth_address.as_ref();
        address.or(self.name.as_ref()).cloned().ok_or(NoWay::Unnamed)
    }

    /// Listens for a time, sending nothing, and keeps what the sample advertised; others are counted.
    ///
    /// # Errors
    /// See [`NoWay`]; that the sample was not heard is none.
    pub async fn listen(&self, seconds: f64) -> Result<Scan, NoWay> {
        self.known_as()?;
        let mut backend = self.open(BleScope::default()).await?;
        let request = ScanRequest {
            time: Duration::from_secs_f64(seconds.max(0.05)),
            active: false,
            only: None,
            until_heard: false,
        };
        Ok(self.only_own(backend.scan(request).await?))
    }

    /// A scan without the others, whose reports are counted.
    pub fn only_own(&self, mut scan: Scan) -> Scan {
        let reports =
            |one: &Advertiser| one.packets.iter().fold(0_u64, |all, packet| all.saturating_add(packet.count));
        let others: u64 = scan.advertisers.iter().filter(|one| !self.is(one)).map(reports).sum();
        scan.advertisers.retain(|one| self.is(one));
        scan.others = scan.others.saturating_add(others);
        scan
    }

    /// Under which address of a scan the sample is now; `None` if it was not heard.
    ///
    /// # Errors
    /// [`NoWay::Ambiguous`], [`NoWay::Unnamed`].
    pub fn which(&self, scan: &Scan) -> Result<Option<DeviceAddress>, NoWay> {
        let sample = self.known_as()?;
        let own: Vec<Advertiser> = scan.advertisers.iter().filter(|one| self.is(one)).cloned().collect();
        if own.is_empty() { Ok(None) } else { newest(&own, &sample).map(Some) }
    }

    /// Where the sample is now: listens until it is heard.
    ///
    /// # Errors
    /// See [`NoWay`].
    pub async fn find(&self, patience: f64) -> Result<DeviceAddress, NoWay> {
        let sample = self.known_as()?;
        let (mut seconds, mut others) = (0.0, 0);
        loop {
            let slice = (self.listen_seconds / 5.0).clamp(0.1, SLICE.as_secs_f64());
            let left = (patience - seconds).min(slice).max(0.05);
            let scan = self.listen(left).await?;
            (seconds, others) = (seconds + scan.seconds.max(left), others + scan.others);
            match scan.advertisers.as_slice() {
                [one] => return Ok(one.address),
                [] if seconds >= patience => return Err(NoWay::NotHeard { sample, seconds, others }),
                [] => {}
                // A device that just took its next private address is heard under two; the newer one is it.
                all => return newest(all, &sample),
            }
        }
    }

    /// A link with the sample, and with no other device.
    ///
    /// # Errors
    /// See [`NoWay`].
    pub async fn reach(&self) -> Result<(Box<dyn BleBackend>, DeviceAddress), NoWay> {
        let device = self.find(self.listen_seconds).await?;
        let mut backend = self.open(BleScope::of(device)).await?;
        backend.connect(device).await?;
        Ok((backend, device))
    }
}

/// The one that was heard last, if the other had gone silent before.
fn newest(all: &[Advertiser], name: &str) -> Result<DeviceAddress, NoWay> {
    let first = |one: &Advertiser| one.packets.iter().map(|packet| packet.heard.0).min().unwrap_or(0);
    let last = |one: &Advertiser| one.packets.iter().map(|packet| packet.heard.1).max().unwrap_or(0);
    let mut sorted: Vec<&Advertiser> = all.iter().collect();
    sorted.sort_by_key(|one| first(one));
    match sorted.as_slice() {
        [before @ .., newest] if before.iter().all(|one| last(one) <= first(newest)) => Ok(newest.address),
        _ => Err(NoWay::Ambiguous { name: name.to_owned(), count: all.len() }),
    }
}

/// Pairing as a person with the device at hand does it: digits that the device shows are read through the bench
/// (`read_passkey`), and a number is confirmed at it (`confirm_number`).
pub fn with_bench(policy: PairingPolicy, context: &Arc<ProbeContext>) -> PairingPolicy {
    let reader = context.clone();
    let ask: Ask = Arc::new(move |_| {
        let context = reader.clone();
        Box::pin(async move { read_passkey(&context).await.ok().flatten() })
    });
    let confirmer = context.clone();
    let compare: Compare = Arc::new(move |_| {
        let context = confirmer.clone();
        Box::pin(async move { (context.act)("confirm_number").await == Ok(true) })
    });
    PairingPolicy { passkey: PasskeySource::Asked(ask), numeric: NumericAnswer::Asked(compare), ..policy }
}

/// The six digits that the device shows; `None` where the bench cannot read them.
///
/// # Errors
/// Why the bench failed.
pub async fn read_passkey(context: &ProbeContext) -> Result<Option<u32>, String> {
    let Some(printed) = (context.read)("read_passkey").await? else { return Ok(None) };
    let digits = printed.trim();
    match digits.parse() {
        Ok(passkey) if digits.len() == 6 => Ok(Some(passkey)),
        _ if digits.is_empty() => Ok(None),
        _ => Err("the bench action read_passkey printed something else than six digits".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ble::advertising_data::AdvertisingData;
    use crate::ble::{AdvertisedPacket, AdvertisingPdu};

    fn advertiser(address: &str, data: &[u8], heard: (u64, u64)) -> Advertiser {
        let packet = AdvertisedPacket {
            pdu: AdvertisingPdu::Connectable,
            hex: String::new(),
            data: AdvertisingData::read(data),
            count: 3,
            heard,
        };
        Advertiser { address: address.parse().unwrap(), rssi: None, packets: vec![packet] }
    }

    fn named(name: &str) -> BleSample {
        BleSample { name: Some(name.to_owned()), ..BleSample::default() }
    }

    const WHOLE: &[u8] = &[3, 0x09, b'H', b'K'];
    const SHORTENED: &[u8] = &[3, 0x08, b'H', b'K'];

    #[test]
    fn a_shortened_name_is_anybodys() {
        let (whole, shortened) = (
            advertiser("40:00:00:00:00:01/random", WHOLE, (0, 1)),
            advertiser("40:00:00:00:00:02/random", SHORTENED, (0, 1)),
        );
        assert!(named("HK").is(&whole));
        assert!(!named("HK").is(&shortened));
        assert!(!named("H").is(&whole));
        let kept = named("HK").only_own(Scan {
            advertisers: vec![whole.clone(), shortened],
            reports: 6,
            ..Scan::default()
        });
        assert_eq!((kept.advertisers, kept.others), (vec![whole], 3));
    }

    #[test]
    fn two_at_once_are_not_told_apart_and_a_new_address_is() {
        let old = advertiser("40:00:00:00:00:01/random", WHOLE, (0, 100));
        let new = advertiser("40:00:00:00:00:02/random", WHOLE, (120, 300));
        let other = advertiser("40:00:00:00:00:03/random", WHOLE, (50, 300));
        assert_eq!(newest(&[old.clone(), new.clone()], "HK").unwrap(), new.address);
        assert!(matches!(newest(&[new, other], "HK"), Err(NoWay::Ambiguous { count: 2, .. })));
    }

    #[tokio::test]
    async fn without_adapter_or_name_the_bench_is_asked_for_it() {
        assert_eq!(named("HK").find(0.1).await, Err(NoWay::NoAdapter));
        let nameless = BleSample { adapter: Some("tcp:127.0.0.1:1".into()), ..BleSample::default() };
        assert_eq!(nameless.find(0.1).await, Err(NoWay::Unnamed));
        assert!(NoWay::NoAdapter.is_of_the_tester());
    }
}
