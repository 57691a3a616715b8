//! What a device shows over Bluetooth LE to somebody whom it does not know: what it advertises while nothing is sent,
//! what it adds when it is asked for more, what it offers to whoever connects, and what it gives them to read.
//!
//! Nothing is written and nobody pairs. The first listening sends nothing; the second asks the sample alone for scan
//! responses, by the list of accepted devices of the controller. Only the sample is connected to.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ble::{BleError, BleSample, DeviceAddress, GattTable, NoWay, ReadSeen, Scan};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../ble_surface/listening.rs"]
mod listening;
#[path = "../ble_surface/spelling.rs"]
mod spelling;
#[path = "../ble_surface/stranger.rs"]
mod stranger;
#[path = "../ble_surface/telling.rs"]
mod telling;

/// Parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The sample on the air.
    #[serde(flatten)]
    pub sample: BleSample,
    /// Serial number of the sample.
    #[serde(default)]
    pub serial: Option<String>,
    /// Hardware address of the sample.
    #[serde(default)]
    pub mac: Option<String>,
    /// Last handle that is asked for although no discovery shows it.
    #[serde(default = "usual_last_handle")]
    pub last_handle: u16,
    /// Longest time with links in seconds.
    #[serde(default = "usual_seconds")]
    pub seconds: f64,
}

fn usual_last_handle() -> u16 {
    0x1000
}

fn usual_seconds() -> f64 {
    480.0
}

/// Last handle that is asked for in the profile `matrix`.
const MATRIX_LAST_HANDLE: u16 = 0x0200;

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleSurface {
    /// By what the sample was known: `name`, `address`, or, where the bench names neither, `serial` or `mac`, which it
    /// told the air. Nothing if it was not heard.
    #[serde(default)]
    pub known_by: Option<String>,
    /// What it advertised while nothing was sent. Each address that it used is an advertiser.
    #[serde(default)]
    pub passive: Scan,
    /// What it advertised when it was asked for scan responses; nothing where none can be asked for.
    #[serde(default)]
    pub active: Option<Scan>,
    /// The address at which it was connected to.
    #[serde(default)]
    pub connected: Option<DeviceAddress>,
    /// What it offers.
    #[serde(default)]
    pub table: Option<GattTable>,
    /// What reads of the offered values and descriptors gave, without pairing.
    #[serde(default)]
    pub reads: Vec<ReadSeen>,
    /// The handles that no discovery shows.
    #[serde(default)]
    pub sweep: Option<HandleSweep>,
    /// Where it told what names this unit and no other.
    #[serde(default)]
    pub tells: Vec<Told>,
    /// What it did that it should not, in words.
    #[serde(default)]
    pub anomalies: Vec<String>,
    /// Times that the link was lost and taken up again.
    #[serde(default)]
    pub links_lost: u32,
}

impl BleSurface {
    /// Whether the sample was heard.
    pub fn heard(&self) -> bool {
        !self.passive.advertisers.is_empty()
    }

    /// Whether it says that it takes connections.
    pub fn connectable(&self) -> bool {
        self.passive.advertisers.iter().any(listening::connectable)
    }

    /// Every scan.
    pub fn scans(&self) -> impl Iterator<Item = &Scan> {
        std::iter::once(&self.passive).chain(&self.active)
    }
}

/// Handles that were asked for although no discovery shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandleSweep {
    /// First handle.
    pub first: u16,
    /// Last handle that was to be asked for.
    pub last: u16,
    /// Handles asked for.
    pub asked: u32,
    /// Those that said that nothing is there.
    pub absent: u32,
    /// Those without an answer that could be read.
    #[serde(default)]
    pub unclear: u32,
    /// Those behind which there is something.
    pub found: Vec<ReadSeen>,
    /// Whether all were asked for and answered.
    pub complete: bool,
}

/// Something that names the unit, and where it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `serial`, `mac`, or `secret` for an authentication value that the bench knows.
    pub what: String,
    /// How it was spelled.
    pub spelling: String,
    /// `advertising`, `scan-response`, `address` or `read`.
    pub through: String,
    /// The PDU or the address; for a read the handle as `0x0015`.
    pub place: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "ble-surface",
    version: 1,
    summary: "Listens to what the device advertises over Bluetooth LE, and reads what it offers to strangers",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let mut params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of ble-surface cannot be read: {error}")),
        };
        if params.sample.profile.as_deref() == Some("matrix") {
            params.last_handle = params.last_handle.min(MATRIX_LAST_HANDLE);
        }
        let mut look = Look { seen: BleSurface::default(), gaps: Vec::new(), planned: 0, answered: 0 };
        let ended = tokio::select! {
            ended = look.go(&params, &context) => Some(ended),
            () = context.cancel.cancelled() => None,
        };
        look.end(ended, &params, &context)
    })
}

/// What is known so far.
struct Look {
    seen: BleSurface,
    gaps: Vec<String>,
    /// Questions to the device.
    planned: u64,
    answered: u64,
}

impl Look {
    async fn go(&mut self, params: &Params, context: &Arc<ProbeContext>) -> Result<(), NoWay> {
        let listener = listening::Listener::of(params)?;
        let Some(address) = listener.listen(&mut self.seen, context).await? else { return Ok(()) };
        if self.seen.connectable() {
            if listener.may_connect() {
                self.visit(params, context, address).await?;
            } else {
                self.gaps.push(
                    "the bench names neither the name nor the address of the sample on the air \
                     (bluetooth_name, bluetooth_address), so it was not connected to"
                        .to_owned(),
                );
            }
        }
        Ok(())
    }

    fn end(
        mut self,
        ended: Option<Result<(), NoWay>>,
        params: &Params,
        context: &Arc<ProbeContext>,
    ) -> Findings {
        telling::note(&mut self.seen, params, context);
        let (outcome, why) = match ended {
            Some(Ok(())) if self.gaps.is_empty() => (Outcome::Complete, None),
            Some(Ok(())) => (Outcome::Partial, Some(self.gaps.join("; "))),
            Some(Err(no_way)) => {
                let outcome = match &no_way {
                    NoWay::NoAdapter | NoWay::Unnamed => Outcome::Refused,
                    error if error.is_of_the_tester() => Outcome::ToolTrouble,
                    _ => Outcome::Partial,
                };
                self.gaps.push(no_way.to_string());
                (outcome, Some(no_way.to_string()))
            }
            None => {
                let why = "stopped before everything was looked at".to_owned();
                self.gaps.push(why.clone());
                (Outcome::Partial, Some(why))
            }
        };
        let seen = &self.seen;
        let listened: f64 = seen.scans().map(|scan| scan.seconds).sum();
        let heard: u64 = seen.scans().map(|scan| scan.reports.saturating_sub(scan.others)).sum();
        let effort = Effort {
            attempted: 1 + self.planned,
            completed: u64::from(seen.passive.seconds > 0.0) + self.answered,
            what: format!(
                "listened to Bluetooth LE for {listened:.1} s ({heard} reports of the sample); {} of {} questions \
                 to handles answered",
                self.answered, self.planned
            ),
            gaps: self.gaps,
            ..Effort::default()
        };
        let data = serde_json::to_value(self.seen).expect("the result has string keys only");
        Findings { outcome, effort, trouble: why, data }
    }

    /// Notes why a look at the device ended early, or hands the trouble of the tester on.
    fn early_end(&mut self, error: BleError) -> Result<(), NoWay> {
        if error.is_of_the_tester() {
            return Err(error.into());
        }
        self.gaps.push(error.to_string());
        Ok(())
    }
}
