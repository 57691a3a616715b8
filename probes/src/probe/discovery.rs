//! What a device announces to its whole network: mDNS and DNS-SD, SSDP with the UPnP description behind
//! it, WS-Discovery.
//!
//! The questions go to multicast groups, so every host hears them. Only the answers of the sample are kept;
//! the others are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::dialogue::escaped;
use crate::disclosed::{printable, tell};
use crate::dns_message::{self, INTERNET, Name, PTR, UNICAST_ANSWER};
use crate::dns_service_browse::Browsed;
use crate::http::url::Url;
use crate::http::{self, HttpRequest, HttpTarget};
use crate::http_answer::{self, Answer};
use crate::multicast::{GroupQuestions, MDNS, SSDP, WS_DISCOVERY};
use crate::observation::{Effort, Outcome};
use crate::probe::identify::Disclosure;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::udp::Asking;
use crate::udp::service::{mdns, ssdp};
use crate::{upnp_description, ws_discovery_message};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// What it announces, by protocol and name.
    pub services: Vec<DiscoveredService>,
    /// What the announcements and descriptions tell without authentication.
    pub disclosed: Vec<Disclosure>,
    /// Datagrams of other hosts that answered too: counted, not kept.
    pub others_heard: u32,
}

/// A service that is announced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DiscoveredService {
    /// `dns-sd`, `ssdp`, `ws-discovery`.
    pub protocol: String,
    /// Name of the instance: of DNS-SD, the USN of SSDP, the endpoint of WS-Discovery.
    pub name: String,
    /// Kind: `_http._tcp.local`, a search target, a type.
    pub kind: String,
    /// Port, where it is announced: of DNS-SD, or of the address given.
    pub port: Option<u16>,
    /// Texts of DNS-SD, `key=value`; scopes of WS-Discovery.
    #[serde(default)]
    pub txt: Vec<String>,
    /// Where its description or its service lies, as written.
    #[serde(default)]
    pub location: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "discovery",
    version: 1,
    summary: "Asks the network what the device announces: mDNS and DNS-SD, SSDP and UPnP, WS-Discovery",
    observe,
};

/// Kinds of services that are asked for even if the list of kinds does not name them: some devices answer
/// no question for the list. Subtypes are never listed.
const KINDS: [&str; 20] = [
    "_http._tcp.local",
    "_https._tcp.local",
    "_matter._tcp.local",
    "_matterc._udp.local",
    "_CM._sub._matterc._udp.local",
    "_matterd._udp.local",
    "_meshcop._udp.local",
    "_hap._tcp.local",
    "_hap._udp.local",
    "_coap._udp.local",
    "_mqtt._tcp.local",
    "_ssh._tcp.local",
    "_workstation._tcp.local",
    "_device-info._tcp.local",
    "_googlecast._tcp.local",
    "_airplay._tcp.local",
    "_ipp._tcp.local",
    "_printer._sub._http._tcp.local",
    "_esphomelib._tcp.local",
    "_rtsp._tcp.local",
];
/// Wait for answers to a first question, sent twice.
const LISTEN: Duration = Duration::from_millis(1200);
/// Wait for answers to a question that follows up.
const FOLLOW: Duration = Duration::from_millis(350);
/// Longest time for following up.
const FOLLOWED_FOR: Duration = Duration::from_secs(15);
/// Most questions that follow up.
const FOLLOWED_AT_MOST: usize = 64;
/// Most answers taken of one protocol.
const ANSWERS_AT_MOST: usize = 256;
/// Most descriptions fetched.
const DESCRIPTIONS_AT_MOST: usize = 8;
/// Longest time for one description.
const DESCRIPTION: Duration = Duration::from_secs(5);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Err(error) => trouble(format!("the parameters of the discovery cannot be read: {error}")),
            Ok(params) => discover(params.address, &context).await,
        }
    })
}

async fn discover(address: IpAddr, context: &ProbeContext) -> Findings {
    (context.progress)(0, 3, "Discovery");
    let searches = async {
        futures::join!(
            Search::new(context, address, "mdns").browse(),
            Search::new(context, address, "ssdp").ssdp(),
            Search::new(context, address, "ws-discovery").ws_discovery(),
        )
    };
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => None,
        searches = searches => Some(searches),
    };
    (context.progress)(3, 3, "Discovery");
    let what = format!("multicast questions in three protocols, answers of {address}");
    let Some((browsed, found, matched)) = ended else {
        let gaps = vec!["stopped before its end".to_owned()];
        return Findings {
            outcome: Outcome::Partial,
            effort: Effort { what, gaps, ..Effort::default() },
            trouble: Some("the discovery was stopped before its end".to_owned()),
            data: serde_json::to_value(Discovery::default()).expect("a discovery has string keys only"),
        };
    };
    let mut result = Discovery::default();
    let mut effort = Effort { what, ..Effort::default() };
    let mut transcript = String::new();
    let mut tester = None;
    for search in [browsed, found, matched] {
        effort.attempted += search.asked;
        effort.completed += search.asked.min(search.heard);
        effort.gaps.extend(search.gaps);
        tester = tester.or(search.tester);
        transcript.push_str(&search.transcript);
        result.others_heard = result.others_heard.saturating_add(search.others_heard);
        result.services.extend(search.services);
        for told in search.disclosed {
            tell(&mut result.disclosed, &told.item, told.value.as_bytes(), &told.place);
        }
    }
    context.attach(transcript.as_bytes(), "txt");
    if address.is_loopback() && effort.completed == 0 {
        effort.gaps.push(
            "the device is reached over loopback, which may carry no multicast: that nothing answered says nothing"
                .to_owned(),
        );
    }
    let (outcome, reason) = match tester {
        Some(error) => (Outcome::ToolTrouble, Some(error)),
        None if !effort.gaps.is_empty() => (Outcome::Partial, Some(effort.gaps.join("; "))),
        None => (Outcome::Complete, None),
    };
    let data = serde_json::to_value(result).expect("a discovery has string keys only");
    Findings { outcome, effort, trouble: reason, data }
}

/// One protocol of the search.
struct Search<'a> {
    context: &'a ProbeContext,
    address: IpAddr,
    name: &'static str,
    services: Vec<DiscoveredService>,
    disclosed: Vec<Disclosure>,
    transcript: String,
    gaps: Vec<String>,
    tester: Option<String>,
    asked: u64,
    heard: u64,
    others_heard: u32,
}

impl<'a> Search<'a> {
    fn new(context: &'a ProbeContext, address: IpAddr, name: &'static str) -> Self {
        Self {
            context,
            address,
            name,
            services: Vec::new(),
            disclosed: Vec::new(),
            transcript: String::new(),
            gaps: Vec::new(),
            tester: None,
            asked: 0,
            heard: 0,
            others_heard: 0,
        }
    }

    async fn open(&mut self, group: (Ipv4Addr, Ipv6Addr, u16)) -> Option<GroupQuestions> {
        match self.context.dialer.multicast(group, self.address).await {
            Ok(line) => Some(line),
            // A tester without a way to the group is a limit of the bench; others still answer.
            Err(DialError::Tester(error)) => {
                self.gaps.push(format!("{}: the tester cannot ask the group: {error}", self.name));
                None
            }
            Err(error) => {
                self.tester = Some(format!("{}: {error}", self.name));
                None
            }
        }
    }

    /// Wait for answers to a first question. Nobody is far away on the loopback.
    fn patience(&self) -> Duration {
        if self.address.is_loopback() { LISTEN / 10 } else { LISTEN }
    }

    /// Asks the group a number of times and collects what the device answers.
    async fn ask(
        &mut self,
        line: &mut GroupQuestions,
        question: &[u8],
        times: u32,
        wait: Duration,
    ) -> Vec<Vec<u8>> {
        let mut answers = Vec::new();
        for _ in 0..times {
            self.note("asked", question);
            self.asked += 1;
            if let Err(error) = line.send(question).await {
                let gap = format!("{}: the question could not be sent: {error}", self.name);
                if !self.gaps.contains(&gap) {
                    self.gaps.push(gap);
                }
                break;
            }
            let until = Instant::now() + wait;
            while let Ok(Some(bytes)) = line.receive(until).await {
                self.note("answered", &bytes);
                self.heard += 1;
                answers.push(bytes);
                if answers.len() >= ANSWERS_AT_MOST {
                    self.gaps.push(format!("{}: more than {ANSWERS_AT_MOST} answers", self.name));
                    return answers;
                }
            }
        }
        answers
    }

    fn note(&mut self, what: &str, bytes: &[u8]) {
        if self.transcript.len() < 128 * 1024 {
            let shown = escaped(&bytes[..bytes.len().min(2048)]);
            self.transcript.push_str(&format!("{} {what} {} bytes: {shown}\n", self.name, bytes.len()));
        }
    }

    /// DNS-SD: kinds, instances, ports, texts.
    async fn browse(mut self) -> Self {
        let Some(mut line) = self.open(MDNS).await else { return self };
        let mut browsed = Browsed::default();
        let take = |browsed: &mut Browsed, answers: &[Vec<u8>]| {
            let messages = answers.iter().filter_map(|bytes| dns_message::parse(bytes));
            let messages: Vec<_> = messages.filter(|message| message.is_answer).collect();
            browsed.take(&messages);
        };
        let ask = |name: &Name, kind: u16| dns_message::question(0, name, kind, INTERNET | UNICAST_ANSWER);
        let answers = self.ask(&mut line, &ask(&Name::of(mdns::KINDS), PTR), 2, self.patience()).await;
        take(&mut browsed, &answers);
        for kind in KINDS.map(Name::of) {
            self.note("asked", &ask(&kind, PTR));
            self.asked += 1;
            if line.send(&ask(&kind, PTR)).await.is_err() {
                break;
            }
        }
        let until = Instant::now() + self.patience();
        let mut answers = Vec::new();
        while let Ok(Some(bytes)) = line.receive(until).await {
            self.note("answered", &bytes);
            self.heard += 1;
            answers.push(bytes);
            if answers.len() >= ANSWERS_AT_MOST {
                break;
            }
        }
        take(&mut browsed, &answers);
        let end = Instant::now() + FOLLOWED_FOR;
        for _ in 0..FOLLOWED_AT_MOST {
            let Some((name, kind)) = browsed.next_question() else { break };
            if Instant::now() > end {
                self.gaps.push("mdns: not all of what is announced was followed up".to_owned());
                break;
            }
            let answers = self.ask(&mut line, &ask(&name, kind), 1, FOLLOW).await;
            take(&mut browsed, &answers);
        }
        self.others_heard = line.others_heard;
        self.disclosed = browsed.told().disclosed;
        for (instance, kind) in &browsed.instances {
            let texts = browsed.texts.get(instance).into_iter().flatten();
            self.services.push(DiscoveredService {
                protocol: "dns-sd".to_owned(),
                name: instance.to_string(),
                kind: kind.to_string(),
                port: browsed.services.get(instance).map(|(port, _)| *port),
                txt: texts.map(|text| printable(text, 256)).collect(),
                location: None,
            });
        }
        self
    }

    /// SSDP, and the descriptions that lie on the device.
    async fn ssdp(mut self) -> Self {
        let Some(mut line) = self.open(SSDP).await else { return self };
        let group = if self.address.is_ipv4() { SSDP.0.to_string() } else { format!("[{}]", SSDP.1) };
        let question = ssdp::search(&format!("{group}:{}", SSDP.2));
        // Devices spread their answers over the second that MX grants.
        let answers = self.ask(&mut line, &question, 2, self.patience()).await;
        self.others_heard = line.others_heard;
        // Devices answer several times: one USN is one service.
        let mut services = BTreeMap::new();
        for answer in answers.iter().filter_map(|bytes| http_answer::parse(bytes)) {
            if answer.protocol != "HTTP" || answer.value("st").is_none() {
                continue;
            }
            if let Some(server) = answer.value("server") {
                tell(&mut self.disclosed, "server-software", server.as_bytes(), "SSDP SERVER");
            }
            let service = ssdp_service(&answer);
            services.entry((service.name.clone(), service.kind.clone())).or_insert(service);
        }
        let locations: BTreeSet<String> =
            services.values().filter_map(|service: &DiscoveredService| service.location.clone()).collect();
        self.services.extend(services.into_values());
        for (index, location) in locations.iter().enumerate() {
            tell(&mut self.disclosed, "other", location.as_bytes(), "SSDP LOCATION");
            if index < DESCRIPTIONS_AT_MOST {
                self.description(location).await;
            } else {
                self.gaps
                    .push(format!("ssdp: the description at {location} was not fetched, there are too many"));
            }
        }
        self
    }

    /// Fetches a description if it lies on the sample, whatever the address in it says.
    async fn description(&mut self, location: &str) {
        let Some(url) = Url::parse(location) else {
            self.gaps.push(format!("ssdp: the place of a description cannot be read: {location}"));
            return;
        };
        let Some(address) =
            url.host.trim_matches(['[', ']']).parse().ok().filter(|ip: &IpAddr| *ip == self.address)
        else {
            self.transcript.push_str(&format!("not fetched, it does not lie on the sample: {location}\n"));
            return;
        };
        let target =
            HttpTarget { address: (address, url.port).into(), tls: url.tls, host: http::host_name(address) };
        self.asked += 1;
        let fetched =
            http::send(&self.context.dialer, &target, &HttpRequest::get(&url.path), DESCRIPTION).await;
        let answer = match fetched {
            Ok(answer) => answer,
            Err(error) => {
                self.gaps.push(format!("ssdp: the description at {location} could not be fetched: {error}"));
                return;
            }
        };
        self.heard += 1;
        self.context.attach(&answer.body, "xml");
        let Some(description) = upnp_description::read(&answer.body) else {
            self.gaps.push(format!("ssdp: what lies at {location} is no description that can be read"));
            return;
        };
        for (element, value) in &description.values {
            if let Some(item) = upnp_description::item(element) {
                tell(&mut self.disclosed, item, value.as_bytes(), &format!("UPnP {element}"));
            }
        }
        if !description.services.is_empty() {
            let list = description.services.join(", ");
            tell(&mut self.disclosed, "service-list", list.as_bytes(), "UPnP services");
        }
    }

    /// WS-Discovery.
    async fn ws_discovery(mut self) -> Self {
        let Some(mut line) = self.open(WS_DISCOVERY).await else { return self };
        let uuid = Asking::new((self.address, WS_DISCOVERY.2).into(), (self.address, 0).into()).uuid();
        let answers = self.ask(&mut line, &ws_discovery_message::probe(&uuid), 2, self.patience()).await;
        self.others_heard = line.others_heard;
        let mut seen = BTreeSet::new();
        for found in answers.iter().filter_map(|bytes| ws_discovery_message::matches(bytes, &uuid)).flatten()
        {
            if !seen.insert(found.endpoint.clone()) {
                continue;
            }
            for scope in &found.scopes {
                let (item, value) = ws_discovery_message::meaning(scope);
                tell(&mut self.disclosed, item, value.as_bytes(), "WS-Discovery scope");
            }
            let location = found.addresses.first().cloned();
            self.services.push(DiscoveredService {
                protocol: "ws-discovery".to_owned(),
                name: found.endpoint,
                kind: found.types.join(" "),
                port: location.as_deref().and_then(Url::parse).map(|url| url.port),
                txt: found.scopes,
                location,
            });
        }
        self
    }
}

fn ssdp_service(answer: &Answer) -> DiscoveredService {
    let location = answer.value("location").filter(|location| !location.is_empty());
    DiscoveredService {
        protocol: "ssdp".to_owned(),
        name: answer.value("usn").unwrap_or_default(),
        kind: answer.value("st").unwrap_or_default(),
        port: location.as_deref().and_then(Url::parse).map(|url| url.port),
        txt: Vec::new(),
        location,
    }
}

#[cfg(test)]
#[path = "../discovery_tests.rs"]
mod tests;
