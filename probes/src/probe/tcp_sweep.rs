//! Which TCP ports of a device are open.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Ports to try; empty for all 65535.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Ports that belong to the tester's own host and are left out of the verdict (loopback benches only).
    #[serde(default)]
    pub foreign: Vec<u16>,
    /// Ports that are expected to be open (declared ones): tried first, so that a canary is found early.
    #[serde(default)]
    pub likely: Vec<u16>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortInventory {
    /// Address.
    pub address: IpAddr,
    /// Open ports, ascending, foreign ones left out.
    pub open: Vec<u16>,
    /// Ports that answered with a refusal.
    pub closed: u32,
    /// Ports without a clear answer after all repetitions, as ranges (first, last).
    pub unanswered: Vec<(u16, u16)>,
    /// Ports asked for.
    pub asked: u32,
    /// Open ports of the tester's own host, subtracted.
    pub foreign: Vec<u16>,
    /// Liveness checks made during the sweep and how many failed.
    pub canary: Canary,
    /// Repetitions of regions after a failed canary.
    pub repeated: u32,
}

/// Liveness canary: a port known to be open, asked again and again beside the sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    /// Port used; `None` if no open port was known.
    pub port: Option<u16>,
    /// Checks made.
    pub checks: u32,
    /// Checks that failed.
    pub failures: u32,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tcp-sweep",
    version: 1,
    summary: "Connects to TCP ports and lists the open ones, with a liveness canary",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
