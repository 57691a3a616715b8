//! Which UDP services answer a correct question.

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
    /// Services to ask besides the built-in ones at their usual ports: (port, service name).
    #[serde(default)]
    pub extra: Vec<(u16, String)>,
    /// UDP ports that belong to the tester's own host.
    #[serde(default)]
    pub foreign: Vec<u16>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UdpInventory {
    /// Address.
    pub address: IpAddr,
    /// One entry a service asked, ascending by port.
    pub services: Vec<UdpService>,
    /// UDP ports of the tester's own host, subtracted.
    pub foreign: Vec<u16>,
}

/// A UDP service that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UdpService {
    /// UDP port.
    pub port: u16,
    /// `mdns`, `ssdp`, `coap`, `snmp`, `ntp`, `dns`.
    pub service: String,
    /// Three-state result: silence proves nothing.
    pub state: UdpState,
    /// Questions sent.
    pub sent: u32,
    /// What it tells without authentication.
    pub disclosed: Vec<crate::probe::identify::Disclosure>,
    /// Service names announced (mDNS, SSDP), e.g. `_http._tcp.local`, with port where given.
    pub announced: Vec<String>,
}

/// State of a UDP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UdpState {
    /// Answered in its protocol.
    Answered,
    /// The host said that the port is closed.
    Refused,
    /// Nothing came back: open or filtered, nobody knows.
    Silent,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "udp-services",
    version: 1,
    summary: "Asks UDP services in their own protocol: mDNS, SSDP, CoAP, SNMP, NTP, DNS",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
