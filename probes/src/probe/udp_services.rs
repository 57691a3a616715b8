//! Which UDP services answer a correct question.

//!
//! A state of `answered` needs a reply in the protocol that was asked: bytes of any other kind are named
//! as a gap. The socket is connected, so a reply from another port or address is not seen.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::udp_question::{Asked, KNOWN, ask};

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
    /// UDP ports of the tester's own host among those to ask: not contacted.
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

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Err(error) => trouble(format!("the parameters of the UDP questions cannot be read: {error}")),
            Ok(params) => ask_all(params, &context).await,
        }
    })
}

async fn ask_all(params: Params, context: &ProbeContext) -> Findings {
    let usual = KNOWN.iter().map(|(port, service)| (*port, (*service).to_owned()));
    let wanted: BTreeSet<(u16, String)> = usual.chain(params.extra.iter().cloned()).collect();
    let mut gaps = Vec::new();
    let mut foreign = BTreeSet::new();
    let mut questions = Vec::new();
    for (port, service) in wanted {
        match KNOWN.iter().find(|(_, known)| *known == service) {
            None => gaps.push(format!("udp/{port}: no question is known for {service}")),
            Some(_) if params.foreign.contains(&port) => {
                foreign.insert(port);
            }
            Some((_, known)) => questions.push((port, *known)),
        }
    }
    let count = questions.len() as u64;
    (context.progress)(0, count, "UDP services");
    // All at once: every service gets a few small datagrams only.
    let asking = futures::future::join_all(questions.iter().map(|(port, service)| async {
        let question = ask(&context.dialer, SocketAddr::new(params.address, *port), service);
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => None,
            asked = question => Some(asked),
        }
    }));
    let results = asking.await;
    (context.progress)(count, count, "UDP services");
    let mut summary = Summary { gaps, ..Summary::default() };
    for ((port, service), result) in questions.iter().zip(results) {
        summary.add(*port, service, result);
    }
    context.attach(summary.transcript.as_bytes(), "txt");
    let completed =
        summary.services.iter().filter(|service| service.state != UdpState::Silent).count() as u64;
    let silent = summary.services.len() as u64 - completed;
    let (outcome, reason) = if let Some(error) = summary.tester {
        (Outcome::ToolTrouble, Some(error))
    } else if summary.cancelled {
        (Outcome::Partial, Some("the questions were stopped before their end".to_owned()))
    } else if summary.gaps.is_empty() {
        (Outcome::Complete, None)
    } else {
        (Outcome::Partial, Some(summary.gaps.join("; ")))
    };
    let mut what = format!("UDP questions in {count} protocols to {}", params.address);
    if silent > 0 {
        what.push_str(&format!(", {silent} without any reply after three questions each"));
    }
    let inventory = UdpInventory {
        address: params.address,
        services: summary.services,
        foreign: foreign.into_iter().collect(),
    };
    Findings {
        outcome,
        effort: Effort { attempted: count, completed, seconds: 0.0, what, gaps: summary.gaps },
        trouble: reason,
        data: serde_json::to_value(inventory).expect("an inventory has string keys only"),
    }
}

#[derive(Default)]
struct Summary {
    services: Vec<UdpService>,
    gaps: Vec<String>,
    transcript: String,
    cancelled: bool,
    tester: Option<String>,
}

impl Summary {
    fn add(&mut self, port: u16, service: &str, result: Option<Result<Asked, crate::DialError>>) {
        match result {
            None => {
                self.cancelled = true;
                self.gaps.push(format!("udp/{port}: {service} was not asked to the end"));
            }
            Some(Err(error)) => {
                self.gaps.push(format!("udp/{port}: {service} could not be asked: {error}"));
                self.tester = Some(format!("udp/{port}: {error}"));
            }
            Some(Ok(asked)) => {
                if asked.strange > 0 {
                    let count = asked.strange;
                    self.gaps.push(format!("udp/{port}: {count} replies that are not {service}"));
                }
                self.transcript.push_str(&format!("== udp/{port} {service}\n{}\n", asked.transcript));
                self.services.push(UdpService {
                    port,
                    service: service.to_owned(),
                    state: asked.state,
                    sent: asked.sent,
                    disclosed: asked.disclosed,
                    announced: asked.announced.into_iter().collect(),
                });
            }
        }
    }
}

#[cfg(test)]
#[path = "../udp_services_tests.rs"]
mod tests;
