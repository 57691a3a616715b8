//! What the device does with a list whose time is over, with an update that does not end, whether it takes a sound one
//! afterwards, and what it does with parts of different releases. The bench stands in for the update server.

use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
pub use crate::probe::update_trials::freshness::Freshness;
use crate::probe::update_trials::{Params, Played, Program, UpdateFacts, freshness, lacking, play};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Result. Parameters are those of update-trials, with the way `pull`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnduranceFacts {
    /// What was offered, in order: the stale package, the authentic one, streams without an end, the authentic package
    /// again, and mixtures.
    #[serde(flatten)]
    pub offered: UpdateFacts,
    /// Octets after which the bench ends a stream.
    pub stream_octets: u64,
    /// Seconds after which it ends one.
    pub stream_seconds: u64,
    /// The streams, in order.
    pub streams: Vec<Stream>,
    /// Until when the lists are valid that were lent, where the declaration names the place.
    #[serde(default)]
    pub freshness: Vec<Freshness>,
}

/// A stream without an end, on one connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Number of the trial, from 1.
    pub trial: u64,
    /// Path at which it is had.
    pub path: String,
    /// Octets that were sent.
    pub octets: u64,
    /// Seconds from its first octet to the last that was sent.
    pub seconds: f64,
    /// Who ended it; `None` where it stood still when the trial was over.
    pub ended: Option<StreamEnd>,
}

/// Who ended a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamEnd {
    /// The device closed the connection.
    Device,
    /// The bench: the device took all of its octets.
    BenchOctets,
    /// The bench: with the streams before it in this trial all octets were sent.
    BenchOctetsOfAll,
    /// The bench: its time was over.
    BenchSeconds,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "update-endurance",
    version: 1,
    summary: "Offers a stale update, updates without an end and parts of different releases, and sound updates besides",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of update-endurance cannot be read: {error}"));
            }
        };
        let freshness = freshness::of(&params, &context.packages, Timestamp::now());
        let handed_in =
            (params.way != "pull").then(|| "packages that are handed in are not played".to_owned());
        let played = match handed_in.or_else(|| lacking(&params, &context)) {
            Some(gap) => Played::left_out(&params, Program::Endurance, gap),
            None => play(&params, &context, Program::Endurance).await,
        };
        let facts = EnduranceFacts {
            offered: played.facts.clone(),
            stream_octets: Program::STREAM_OCTETS,
            stream_seconds: Program::STREAM_SECONDS,
            streams: played.streams.clone(),
            freshness,
        };
        played.findings_with(serde_json::to_value(facts).expect("string keys only"))
    })
}
