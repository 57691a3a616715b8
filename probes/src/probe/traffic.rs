//! What the device says by itself: its traffic at the capture point while nothing is done to it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::TrafficFacts;
use crate::context::ProbeContext;
use crate::listening::{self, Listening};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Addresses of the sample.
    pub addresses: Vec<std::net::IpAddr>,
    /// Its hardware address.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester.
    #[serde(default)]
    pub tester: Vec<std::net::IpAddr>,
    /// How long, in seconds.
    pub seconds: f64,
    /// The device is first made to call its peers anew (action `reconnect`), so that an idle one has something to say.
    #[serde(default)]
    pub wake: bool,
    /// What the bench has to agree to before, as it stands under `[consent]`; without it nothing is listened to.
    #[serde(default)]
    pub consent: Option<String>,
    /// `matrix`: the short time of a simulated device counts as enough.
    #[serde(default)]
    pub profile: Option<String>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// The capture.
    pub traffic: TrafficFacts,
    /// The device was made to call its peers.
    pub woken: bool,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "traffic",
    version: 1,
    summary: "Listens at the capture point: whom the device calls, by which names, and what it says in the clear",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => listen(params, &context).await,
            Err(error) => trouble(format!("the parameters of traffic cannot be read: {error}")),
        }
    })
}

/// Longest capture in seconds.
const LONGEST: f64 = 86_400.0;
/// Seconds of the time budget that are kept for writing the capture down.
const RESERVE: f64 = 1.0;

async fn listen(params: Params, context: &ProbeContext) -> Findings {
    let mut seen =
        Traffic { traffic: TrafficFacts::default(), woken: false, profile: params.profile.clone() };
    if let Some(needed) = params.consent.as_deref().filter(|needed| !context.agrees_to(needed)) {
        let gap = format!("the bench does not agree to it: {needed} under [consent] of the bench file");
        return left_out(&seen, gap);
    }
    let hardware = params.hardware.as_deref();
    let questions = listening::questions(context, &params.addresses, hardware, &params.tester).await;
    let mut listening = match Listening::open(context, &questions) {
        Ok(listening) => listening,
        Err(reason) => return left_out(&seen, reason),
    };
    let mut gaps = Vec::new();
    let wanted = params.seconds.clamp(0.1, LONGEST);
    let time = context.seconds_left().map_or(wanted, |left| wanted.min((left - RESERVE).max(0.1)));
    let end = tokio::time::Instant::now() + Duration::from_secs_f64(time);
    let waiting = async {
        if params.wake {
            match (context.act)("reconnect").await {
                Ok(woken) => seen.woken = woken,
                Err(error) => gaps.push(format!("the device could not be made to call its peers: {error}")),
            }
        }
        tokio::time::sleep_until(end).await;
    };
    (context.progress)(0, wanted.ceil() as u64, "listening at the capture point");
    let stopped = tokio::select! {
        biased;
        () = context.cancel.cancelled() => Some("stopped".to_owned()),
        () = listening.broken() => Some("the capture point closed by itself".to_owned()),
        () = waiting => (time < wanted).then(|| "the time budget was used up".to_owned()),
    };
    gaps.extend(stopped.clone());
    let heard = listening.close(context).await;
    let mut effort = Effort {
        attempted: wanted.ceil() as u64,
        completed: if stopped.is_none() { wanted.ceil() as u64 } else { heard.facts.seconds.floor() as u64 },
        what: format!(
            "{:.0} s at the capture point, {} frames of the device",
            heard.facts.seconds, heard.facts.frames
        ),
        gaps,
        ..Effort::default()
    };
    effort.completed = effort.completed.min(effort.attempted);
    let outcome = if stopped.is_none() { Outcome::Complete } else { Outcome::Partial };
    seen.traffic = heard.facts;
    Findings { outcome, trouble: stopped, effort, data: data(&seen) }
}

fn left_out(seen: &Traffic, gap: String) -> Findings {
    Findings {
        outcome: Outcome::Partial,
        effort: Effort {
            attempted: 1,
            what: "0 s at the capture point".to_owned(),
            gaps: vec![gap.clone()],
            ..Effort::default()
        },
        trouble: Some(gap),
        data: data(seen),
    }
}

fn data(seen: &Traffic) -> Value {
    serde_json::to_value(seen).expect("the result has string keys only")
}

#[cfg(test)]
#[path = "../listening/traffic_tests.rs"]
mod tests;
