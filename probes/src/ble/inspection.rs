//! A look at one device: what it advertises, what it offers, what a read gives before and after pairing. It reads
//! and writes nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::DeviceAddress;
use super::advertising_data::hex;
use super::att::AttError;
use super::backend::{Advertiser, BleBackend, BleError, Reply, ScanRequest, SecurityFacts};
use super::gatt::GattTable;
use super::pairing::{PairingOutcome, PairingPolicy, PairingReport};
use super::transcript::Transcript;

/// Reads of one look.
const READS_AT_MOST: usize = 512;

/// What to look at.
#[derive(Clone, Debug)]
pub struct InspectionRequest {
    /// The device; no other is connected to.
    pub device: DeviceAddress,
    /// How long it is listened for at most, before it is connected to.
    pub listen: Duration,
    /// Whether scan responses are asked for.
    pub active: bool,
    /// How to pair, if at all.
    pub pairing: Option<PairingPolicy>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// The way to the device.
    pub adapter: String,
    /// The device.
    pub device: DeviceAddress,
    /// What it advertises; nothing if it was not heard.
    pub heard: Option<Advertiser>,
    /// Reports of other devices, of which nothing is kept.
    pub others: u64,
    /// What it offers.
    pub table: GattTable,
    /// What reads gave without pairing.
    pub unpaired: Vec<ReadSeen>,
    /// What a pairing came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairing: Option<PairingReport>,
    /// How the link was protected after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<SecurityFacts>,
    /// What reads gave after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paired: Vec<ReadSeen>,
    /// What the device did that it should not.
    pub oddities: Vec<String>,
    /// Why the look ended before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// What went over the link.
    pub transcript: Transcript,
}

impl Inspection {
    /// Whether everything was looked at that was to be looked at.
    pub fn is_complete(&self) -> bool {
        self.trouble.is_none() && self.table.complete
    }
}

/// What a read gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSeen {
    /// Handle that was read.
    pub handle: u16,
    /// What came of it.
    pub answer: ReadAnswer,
}

/// What came of a read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAnswer {
    /// The value, in hex.
    Value(String),
    /// The error that the device answered with.
    Refused(AttError),
    /// No answer that could be read, in words.
    Failed(String),
}

/// Looks at a device.
///
/// # Errors
/// The first trouble of the tester, and that no link came about. What goes wrong with the device after that is in
/// `trouble`, with all that was seen before it.
pub async fn inspect(
    backend: &mut dyn BleBackend,
    request: &InspectionRequest,
) -> Result<Inspection, BleError> {
    let device = request.device;
    let scan = backend
        .scan(ScanRequest {
            time: request.listen,
            active: request.active,
            only: Some(device),
            // The answer to an active scan comes after what it answers to.
            until_heard: !request.active,
        })
        .await?;
    let mut seen = Inspection {
        adapter: backend.name(),
        device,
        heard: scan.advertisers.into_iter().next(),
        others: scan.others,
        table: GattTable::default(),
        unpaired: Vec::new(),
        pairing: None,
        security: None,
        paired: Vec::new(),
        oddities: Vec::new(),
        trouble: None,
        transcript: Transcript::default(),
    };
    backend.connect(device).await?;
    let looked = look(backend, request, &mut seen).await;
    seen.oddities = backend.oddities();
    let ended = backend.disconnect().await;
    seen.transcript = backend.transcript();
    match looked.and(ended) {
        // A way that does not tell its own troubles from refusals has them with every other device.
        Err(error) if error.is_of_the_tester() && tells_refusals(backend) => Err(error),
        Err(error) => {
            seen.trouble = Some(error.to_string());
            Ok(seen)
        }
        Ok(()) => Ok(seen),
    }
}

async fn look(
    backend: &mut dyn BleBackend,
    request: &InspectionRequest,
    seen: &mut Inspection,
) -> Result<(), BleError> {
    seen.table = backend.discover().await?;
    let handles = readable(&seen.table);
    // Where refusals are answered by pairings of the stack itself, reads before the one that is asked for spoil it.
    if request.pairing.is_none() || tells_refusals(backend) {
        read_all(backend, &handles, &mut seen.unpaired).await?;
    }
    let Some(policy) = &request.pairing else { return Ok(()) };
    let report = backend.pair(policy).await?;
    let paired = report.outcome == PairingOutcome::Paired;
    seen.pairing = Some(report);
    seen.security = Some(backend.security());
    if paired {
        read_all(backend, &handles, &mut seen.paired).await?;
    }
    Ok(())
}

fn tells_refusals(backend: &dyn BleBackend) -> bool {
    backend.abilities().att_errors.known().is_some()
}

/// Values that say that they can be read, and every descriptor.
fn readable(table: &GattTable) -> Vec<u16> {
    let mut handles: Vec<u16> = table
        .characteristics()
        .flat_map(|one| {
            let value = one.readable().then_some(one.handle);
            value.into_iter().chain(one.descriptors.iter().map(|one| one.handle))
        })
        .collect();
    handles.sort_unstable();
    handles.dedup();
    handles.truncate(READS_AT_MOST);
    handles
}

async fn read_all(
    backend: &mut dyn BleBackend,
    handles: &[u16],
    seen: &mut Vec<ReadSeen>,
) -> Result<(), BleError> {
    for &handle in handles {
        let answer = match backend.read_long(handle).await {
            Ok(Reply::Given(value)) => ReadAnswer::Value(hex(&value)),
            Ok(Reply::Refused(error)) => ReadAnswer::Refused(error),
            Err(BleError::Malformed(malformed)) => ReadAnswer::Failed(malformed.to_string()),
            Err(error) => {
                seen.push(ReadSeen { handle, answer: ReadAnswer::Failed(error.to_string()) });
                return Err(error);
            }
        };
        seen.push(ReadSeen { handle, answer });
    }
    Ok(())
}
