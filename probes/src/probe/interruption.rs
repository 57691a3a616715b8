//! How the device lives through an outage: what goes on meanwhile, what it is like afterwards, and how it comes
//! back to its peers.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::TrafficFacts;
use crate::context::ProbeContext;
use crate::probe::access_control::{Access, Mechanism};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: std::net::IpAddr,
    /// All its addresses.
    #[serde(default)]
    pub addresses: Vec<std::net::IpAddr>,
    /// Its hardware address.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester.
    #[serde(default)]
    pub tester: Vec<std::net::IpAddr>,
    /// What fails: `link`, `uplink`, `names`, `services`, `power`. The actions are `<kind>_down` and `<kind>_up`,
    /// `power_off` and `power_on`.
    pub kind: String,
    /// Times that it fails.
    pub repetitions: u32,
    /// Length of an outage in seconds.
    pub seconds: f64,
    /// Longest wait for the device to be back, in seconds.
    pub recovery_seconds: f64,
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

fn observe(params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(_) => trouble("outages are not observed yet"),
            Err(error) => trouble(format!("the parameters of interruption cannot be read: {error}")),
        }
    })
}
