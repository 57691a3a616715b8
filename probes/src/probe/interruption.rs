//! How the device lives through an outage: what goes on meanwhile, what it is like afterwards, and how it comes
//! back to its peers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::TrafficFacts;
use crate::context::ProbeContext;
use crate::listening;
use crate::observation::{Effort, Outcome};
use crate::probe::access_control::{Access, Mechanism};
use crate::registry::{Findings, ProbeEntry, trouble};
use asking::Asker;
use course::{Course, Stop};
use taken::Taken;

#[path = "../interruption/asking.rs"]
mod asking;
#[path = "../interruption/course.rs"]
mod course;
#[path = "../interruption/served.rs"]
mod served;
#[path = "../interruption/taken.rs"]
mod taken;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// All its addresses.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Its hardware address.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester.
    #[serde(default)]
    pub tester: Vec<IpAddr>,
    /// What fails: `link`, `uplink`, `names`, `services`, `power`. The actions are `<kind>_down` and `<kind>_up`,
    /// `power_off` and `power_on`.
    pub kind: String,
    /// Times that it fails.
    pub repetitions: u32,
    /// Length of an outage in seconds.
    pub seconds: f64,
    /// Longest wait for the device to be back, in seconds.
    pub recovery_seconds: f64,
    /// Longest declared wait for the next try of the device after an outage, in seconds: for as long it is listened
    /// to where it tried nobody.
    #[serde(default)]
    pub next_try_seconds: f64,
    /// Shortest time that the device is listened to after the outage, in seconds.
    #[serde(default)]
    pub listen_seconds: f64,
    /// Open TCP ports that are compared before and after.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Mechanisms behind the accesses.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// What is asked before, during (where the device can be reached) and after.
    #[serde(default)]
    pub accesses: Vec<Access>,
    /// `matrix`: compressed times of a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interruption {
    /// As in the parameters.
    pub kind: String,
    /// Before the first outage.
    pub before: Snapshot,
    /// The outages.
    pub outages: Vec<Outage>,
    /// After the last one.
    pub after: Snapshot,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// What the device is like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// TCP ports that were asked, and whether they were open.
    pub ports: Vec<(u16, bool)>,
    /// What was asked of it.
    pub answers: Vec<Answered>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// IXIT rows that the access belongs to.
    pub rows: Vec<String>,
    /// Method and target.
    pub asked: String,
    /// Asked as somebody who may (`entitled`), or as nobody (`stranger`).
    pub subject: String,
    /// `served`, `refused`, `unreachable`, `unclear`.
    pub outcome: String,
    /// Status of the answer, where the protocol has one.
    pub status: Option<u16>,
    /// Digest of what was served, without what changes by itself (dates, tokens); `None` for nothing.
    pub digest: Option<String>,
    /// Beginning of what was served, at most 400 characters, for the reader.
    pub excerpt: Option<String>,
}

/// One outage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// Who brought it about: `bench` or `nobody` (the bench has no such action).
    pub by: String,
    /// Seconds that it lasted.
    pub seconds: f64,
    /// What was asked of the device meanwhile; empty where it cannot be reached.
    pub during: Vec<Answered>,
    /// Seconds from the end of the outage until the device answered again at its address.
    pub answered_after: Option<f64>,
    /// Connections to peers, from the beginning of the outage on.
    pub calls: Vec<Call>,
    /// The capture from before the outage until the device was back; `None` without a capture point.
    pub traffic: Option<TrafficFacts>,
    /// Seconds from the opening of the capture to the beginning of the outage.
    pub cut_at: f64,
    /// Seconds from the opening of the capture to the end of the outage.
    pub restored_at: f64,
}

/// Tries of the device to reach one peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Name of the peer, else its address.
    pub peer: String,
    /// Port.
    pub port: u16,
    /// Starts of tries, in seconds from the beginning of the outage.
    pub tries: Vec<f64>,
    /// Seconds from the end of the outage to the first connection that was established.
    pub back_after: Option<f64>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "interruption",
    version: 1,
    summary: "Takes network or power away and gives it back: what goes on, what returns, and in which order",
    observe,
};

/// Longest time to give back what was taken, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);
/// The same where the probe itself gives up.
const TIME_TO_RESTORE: Duration = Duration::from_secs(120);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => conduct(params, context).await,
            Err(error) => trouble(format!("the parameters of interruption cannot be read: {error}")),
        }
    })
}

async fn conduct(params: Params, context: Arc<ProbeContext>) -> Findings {
    let mut seen = Interruption {
        kind: params.kind.clone(),
        profile: params.profile.clone(),
        ..Interruption::default()
    };
    let mut effort = Effort { attempted: u64::from(params.repetitions.max(1)), ..Effort::default() };
    effort.what = format!("0 outages of {}", params.kind);
    if !context.agrees_to("interrupt") {
        let gap = "the bench does not agree to it: interrupt under [consent] of the bench file".to_owned();
        effort.gaps.push(gap.clone());
        return findings(Outcome::Partial, effort, Some(gap), &seen);
    }
    let (down, up) = match params.kind.as_str() {
        "power" => ("power_off".to_owned(), "power_on".to_owned()),
        kind @ ("link" | "uplink" | "names" | "services") => (format!("{kind}_down"), format!("{kind}_up")),
        other => return trouble(format!("there is no outage of {other}")),
    };
    let addresses: Vec<IpAddr> =
        if params.addresses.is_empty() { vec![params.address] } else { params.addresses.clone() };
    let questions =
        listening::questions(&context, &addresses, params.hardware.as_deref(), &params.tester).await;
    let mut taken = Taken { context: Arc::clone(&context), action: up.clone(), taken: false };
    let asker = Asker::new(&params, &context);
    let mut course = Course {
        params: &params,
        context: &context,
        questions,
        down,
        up,
        asker,
        taken: &mut taken,
        seen: &mut seen,
        gaps: Vec::new(),
        known_port: None,
        no_outage: None,
    };
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => None,
        ended = course.go() => Some(ended),
    };
    let asked = course.asker.count();
    let transcript = course.asker.transcript().to_owned();
    effort.gaps.append(&mut course.gaps);
    let time = if ended.is_none() { TIDY_UP } else { TIME_TO_RESTORE };
    let left = taken.tidy_up(time).await;
    taken.taken = false;
    context.attach(transcript.as_bytes(), "txt");

    let made = seen.outages.iter().filter(|outage| outage.by == "bench").count() as u64;
    effort.completed = made.min(effort.attempted);
    let seconds: f64 = seen.outages.iter().map(|outage| outage.seconds).sum();
    effort.what = format!(
        "{made} outages of {}, {seconds:.1} s together, {asked} questions to the device",
        params.kind
    );
    let (outcome, trouble) = match ended {
        Some(Ok(())) if left.is_none() => (Outcome::Complete, None),
        Some(Ok(())) => (Outcome::Partial, left.clone()),
        Some(Err(Stop::Short(why))) => (Outcome::Partial, Some(why)),
        Some(Err(Stop::Trouble(why))) => (Outcome::ToolTrouble, Some(why)),
        None => (Outcome::Partial, Some("stopped".to_owned())),
    };
    effort.gaps.extend(trouble.clone());
    if trouble != left {
        effort.gaps.extend(left);
    }
    findings(outcome, effort, trouble, &seen)
}

fn findings(outcome: Outcome, effort: Effort, trouble: Option<String>, seen: &Interruption) -> Findings {
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

#[cfg(test)]
#[path = "../interruption/tests.rs"]
mod tests;
