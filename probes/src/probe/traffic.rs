//! What the device says by itself: its traffic at the capture point while nothing is done to it.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::TrafficFacts;
use crate::context::ProbeContext;
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

fn observe(params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(_) => trouble("the bench names no capture point"),
            Err(error) => trouble(format!("the parameters of traffic cannot be read: {error}")),
        }
    })
}
