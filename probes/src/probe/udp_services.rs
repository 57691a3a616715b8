//! Which UDP services answer a correct question.
//!
//! A service is named by what answers. A reply in no protocol that is known makes the port `answered` by
//! the service `unknown`; silence proves nothing. The questions lie in [`crate::udp`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::udp::{self, Service};
use crate::udp_question::{ANY, Asked, ask, ask_slowly};

/// Ports asked at a time: a small device is not to be flooded.
const AT_ONCE: usize = 16;
/// Between questions to ports whose refusal the device may have held back: hosts tell of closed ports
/// about once a second.
const UNHURRIED: Duration = Duration::from_millis(1100);
/// Most ports that are asked again in this way.
const ASKED_AGAIN_AT_MOST: usize = 60;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Services to ask besides the built-in ones at their usual ports: (port, service name). The name `any`
    /// asks for every service that is known.
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
    /// Name of what answered ([`crate::udp::services`]), `unknown` if it speaks none of the known protocols;
    /// where nothing answered, of what was asked for.
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
    version: 2,
    summary: "Asks some forty UDP services in their own protocols, from DNS to ECHONET Lite",
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
    let usual = udp::usual().into_iter().map(|(port, service)| (port, service.to_owned()));
    let wanted: BTreeSet<(u16, String)> = usual.chain(params.extra.iter().cloned()).collect();
    let mut gaps = Vec::new();
    let mut foreign = BTreeSet::new();
    let mut questions: Vec<(u16, Option<&'static Service>)> = Vec::new();
    for (port, name) in wanted {
        match udp::service(&name) {
            None if name != ANY => gaps.push(format!("udp/{port}: no question is known for {name}")),
            _ if params.foreign.contains(&port) => {
                foreign.insert(port);
            }
            service => questions.push((port, service)),
        }
    }
    let count = questions.len() as u64;
    (context.progress)(0, count, "UDP services");
    let mut summary = Summary { gaps, ..Summary::default() };
    let places = &questions;
    let mut asking = futures::stream::iter(0..places.len())
        .map(|index| async move {
            let (port, service) = places[index];
            let question = ask(&context.dialer, SocketAddr::new(params.address, port), service);
            tokio::select! {
                biased;
                () = context.cancel.cancelled() => (index, None),
                asked = question => (index, Some(asked)),
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut results = BTreeMap::new();
    while let Some((index, result)) = asking.next().await {
        results.insert(index, result);
        (context.progress)(results.len() as u64, count, "UDP services");
    }
    drop(asking);
    for (index, result) in results {
        let (port, service) = questions[index];
        summary.add(port, service.map_or(ANY, |service| service.name), result);
    }
    ask_the_silent_again(&params, context, &mut summary).await;
    findings(params.address, foreign, count, summary, context)
}

/// A host that refuses some ports may have held back the refusal of others. On loopback it never does.
async fn ask_the_silent_again(params: &Params, context: &ProbeContext, summary: &mut Summary) {
    let refuses = summary.services.iter().any(|service| service.state == UdpState::Refused);
    if !refuses || params.address.is_loopback() || summary.cancelled {
        return;
    }
    let silent: Vec<usize> = (0..summary.services.len())
        .filter(|index| summary.services[*index].state == UdpState::Silent)
        .take(ASKED_AGAIN_AT_MOST)
        .collect();
    for index in silent {
        let known = &summary.services[index];
        let to = SocketAddr::new(params.address, known.port);
        let again = async {
            tokio::time::sleep(UNHURRIED).await;
            ask_slowly(&context.dialer, to, udp::service(&known.service)).await
        };
        let again = tokio::select! {
            biased;
            () = context.cancel.cancelled() => return,
            again = again => again,
        };
        if let Ok(Some(asked)) = again {
            let sent = known.sent + asked.sent;
            summary.services[index] = UdpService { sent, ..summary.described(known.port, &asked) };
            summary.write_down(to.port(), &asked);
        }
    }
}

fn findings(
    address: IpAddr,
    foreign: BTreeSet<u16>,
    count: u64,
    mut summary: Summary,
    context: &ProbeContext,
) -> Findings {
    context.attach(summary.transcript.as_bytes(), "txt");
    let answered = |state| summary.services.iter().filter(|service| service.state == state).count() as u64;
    let silent = answered(UdpState::Silent);
    let completed = summary.services.len() as u64 - silent;
    let (outcome, reason) = if let Some(error) = summary.tester {
        (Outcome::ToolTrouble, Some(error))
    } else if summary.cancelled {
        (Outcome::Partial, Some("the questions were stopped before their end".to_owned()))
    } else if summary.gaps.is_empty() {
        (Outcome::Complete, None)
    } else {
        (Outcome::Partial, Some(summary.gaps.join("; ")))
    };
    let mut what = format!("UDP questions for {count} services to {address}");
    if silent > 0 {
        what.push_str(&format!(", {silent} without any reply after three questions or more each"));
    }
    // Two protocols that were asked for at one port and were answered in neither are one finding.
    let mut seen = BTreeSet::new();
    summary.services.retain(|service| seen.insert((service.port, service.service.clone())));
    let inventory =
        UdpInventory { address, services: summary.services, foreign: foreign.into_iter().collect() };
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
                self.write_down(port, &asked);
                let described = self.described(port, &asked);
                self.services.push(described);
            }
        }
    }

    fn described(&self, port: u16, asked: &Asked) -> UdpService {
        UdpService {
            port,
            service: asked.service.clone(),
            state: asked.state,
            sent: asked.sent,
            disclosed: asked.disclosed.clone(),
            announced: asked.announced.iter().cloned().collect(),
        }
    }

    fn write_down(&mut self, port: u16, asked: &Asked) {
        self.transcript.push_str(&format!("== udp/{port} {}\n{}\n", asked.service, asked.transcript));
    }
}

#[cfg(test)]
#[path = "../udp_services_tests.rs"]
mod tests;
