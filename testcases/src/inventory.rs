//! What was found over the network in one state of one sample, and how far the search went.
//!
//! Finding something needs one answer. Finding nothing needs proof: a sweep that came to an end beside a
//! live canary, and services asked in their own protocol. What the proof lacks is a [`Shortfall`].

mod announced;
mod reported;

use probes::probe::identify::ServiceIdentity;
use probes::probe::tcp_sweep::PortInventory;
use probes::probe::udp_services::{UdpInventory, UdpService, UdpState};
use probes::{Effort, EvidenceRef, Outcome};

use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::state::DutState;
use ixit::Blame;

pub use announced::{link_not_searched, unsearched_addresses};
pub use reported::disagreements;

/// Ports that a sweep has to settle where the catalogue names no other number.
pub const EVERY_PORT: u64 = 65_535;

/// Least ports of a sweep in the profile `matrix`, which tries out the harness itself and is marked as
/// such on every page.
const MATRIX_PORTS: u64 = 200;

/// Most ports of the tester's own host that a bench may leave out of a sweep that counts.
const FOREIGN_AT_MOST: u64 = 1024;

/// What was found in one state of one sample.
#[derive(Clone, Debug)]
pub struct Inventory<'a> {
    /// State.
    pub state: DutState,
    /// Sample; `None` if nothing was observed in any sample.
    pub sample: Option<&'a str>,
    /// Open TCP ports, ascending. Ports of the tester's own host are not among them.
    pub ports: Vec<OpenPort<'a>>,
    /// UDP services that were asked, ascending by port, whatever came back.
    pub services: Vec<AskedService<'a>>,
    sweeps: Vec<(&'a Recorded, Option<PortInventory>)>,
    questions: Vec<&'a Recorded>,
}

/// An open TCP port.
#[derive(Clone, Debug)]
pub struct OpenPort<'a> {
    /// Port.
    pub port: u16,
    /// The sweep that found it.
    pub sweep: &'a Recorded,
    /// What answers there, where it was identified.
    pub identity: Option<(&'a Recorded, ServiceIdentity)>,
}

/// A UDP service that was asked.
#[derive(Clone, Debug)]
pub struct AskedService<'a> {
    /// What came back.
    pub service: UdpService,
    /// The observation.
    pub seen: &'a Recorded,
}

/// Whether a port is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortState {
    /// It answered.
    Open,
    /// It refused.
    Closed,
    /// Nobody knows: not tried, silent, or a port of the tester's own host.
    Unknown,
}

/// What a proof that nothing else is there lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// Why.
    pub reason: Reason,
    /// What was observed all the same.
    pub evidence: Vec<EvidenceRef>,
    /// What was tried.
    pub effort: Option<Effort>,
}

impl OpenPort<'_> {
    /// Name as an item, `tcp/2323`.
    pub fn item(&self) -> String {
        format!("tcp/{}", self.port)
    }

    /// Application as it answered; `unknown` where nothing was recognized or nobody asked.
    pub fn application(&self) -> &str {
        self.identity.as_ref().map_or("unknown", |(_, identity)| identity.application.as_str())
    }

    /// Application, TLS and banner in one line.
    pub fn description(&self) -> String {
        let Some((_, identity)) = &self.identity else { return "not identified".to_owned() };
        let tls = if identity.tls { " inside TLS" } else { "" };
        match &identity.banner {
            Some(banner) if !banner.is_empty() => format!("{}{tls}, banner {banner:?}", identity.application),
            _ => format!("{}{tls}", identity.application),
        }
    }

    /// Where it was seen.
    pub fn evidence(&self) -> Vec<EvidenceRef> {
        let mut evidence = vec![self.sweep.at(self.item())];
        evidence.extend(self.identity.iter().map(|(recorded, _)| recorded.at(self.item())));
        evidence
    }
}

impl AskedService<'_> {
    /// Name as an item, `udp/5353`.
    pub fn item(&self) -> String {
        format!("udp/{}", self.service.port)
    }

    /// It answered in its protocol.
    pub fn answered(&self) -> bool {
        self.service.state == UdpState::Answered
    }
}

/// The states in which a unit has to be observed, of those that a run brings about for a search:
/// factory default and initialized.
pub fn required_states(facts: &Facts<'_>, unit: &Unit) -> Vec<DutState> {
    let of_group =
        || facts.catalogue.group(unit.provision()).map(|group| group.states.clone()).unwrap_or_default();
    let names = unit.state.clone().map_or_else(of_group, |state| vec![state]);
    let everywhere = names.is_empty() || names.iter().any(|name| name == "all");
    [DutState::FactoryDefault, DutState::Initialized]
        .into_iter()
        .filter(|state| {
            everywhere
                || names.iter().any(|name| name == state.as_str())
                || (*state == DutState::Initialized
                    && names.iter().any(|name| name.starts_with("all_except")))
        })
        .collect()
}

/// Inventories of the given states and of every other state that was observed, for every sample.
/// A required state that was not observed has an empty inventory, whose shortfall says so.
pub fn inventories<'a>(facts: &Facts<'a>, required: &[DutState]) -> Vec<Inventory<'a>> {
    let searches = || ["tcp-sweep", "udp-services"].into_iter().flat_map(|probe| facts.observed(probe));
    let mut samples: Vec<Option<&'a str>> = Vec::new();
    for recorded in searches() {
        if !samples.contains(&Some(recorded.sample())) {
            samples.push(Some(recorded.sample()));
        }
    }
    if samples.is_empty() {
        samples.push(None);
    }
    let mut all = Vec::new();
    for sample in samples {
        for state in DutState::ALL {
            let seen = searches()
                .any(|recorded| Some(recorded.sample()) == sample && recorded.state() == Some(*state));
            if seen || required.contains(state) {
                all.push(inventory(facts, *state, sample));
            }
        }
    }
    all
}

fn inventory<'a>(facts: &Facts<'a>, state: DutState, sample: Option<&'a str>) -> Inventory<'a> {
    let here = |recorded: &&'a Recorded| recorded.state() == Some(state) && Some(recorded.sample()) == sample;
    let sweeps: Vec<(&'a Recorded, Option<PortInventory>)> = facts
        .observed("tcp-sweep")
        .filter(here)
        .map(|recorded| (recorded, recorded.observation.read()))
        .collect();
    // A port that any sweep saw open is open, also if a later sweep missed it.
    let mut ports: Vec<OpenPort<'a>> = Vec::new();
    for (recorded, found) in &sweeps {
        for port in found.iter().flat_map(|found| &found.open) {
            if ports.iter().all(|known| known.port != *port) {
                ports.push(OpenPort { port: *port, sweep: recorded, identity: None });
            }
        }
    }
    ports.sort_by_key(|port| port.port);
    for (recorded, identity) in facts.results::<ServiceIdentity>("identify") {
        let Some(port) = ports.iter_mut().find(|port| port.port == identity.port) else { continue };
        let known = port.identity.as_ref().is_some_and(|(_, known)| known.application != "unknown");
        if here(&recorded) && !known {
            port.identity = Some((recorded, identity));
        }
    }
    let questions: Vec<&'a Recorded> = facts.observed("udp-services").filter(here).collect();
    let mut services: Vec<AskedService<'a>> = Vec::new();
    for recorded in &questions {
        let Some(found) = recorded.observation.read::<UdpInventory>() else { continue };
        for service in found.services {
            let place = services
                .iter_mut()
                .find(|known| known.service.port == service.port && known.service.service == service.service);
            match place {
                None => services.push(AskedService { service, seen: recorded }),
                // An answer outweighs a later refusal or silence.
                Some(known) if !known.answered() => *known = AskedService { service, seen: recorded },
                Some(_) => {}
            }
        }
    }
    announced::add(facts, state, sample, &mut services);
    services.sort_by_key(|asked| asked.service.port);
    Inventory { state, sample, ports, services, sweeps, questions }
}

impl<'a> Inventory<'a> {
    /// The port, if it is open.
    pub fn open_port(&self, port: u16) -> Option<&OpenPort<'a>> {
        self.ports.iter().find(|open| open.port == port)
    }

    /// A sweep found that the device takes a connection at (nearly) every port: a tarpit, or something before
    /// the device. An open port says nothing then, only what answers there.
    pub fn all_ports_look_alike(&self) -> bool {
        let alike = |found: &PortInventory| found.manner.all_alike.is_some();
        self.sweeps.iter().any(|(_, found)| found.as_ref().is_some_and(alike))
    }

    /// Whether a TCP port is open.
    pub fn tcp(&self, port: u16) -> PortState {
        if self.open_port(port).is_some() {
            return PortState::Open;
        }
        let refused = self.sweeps.iter().any(|sweep| refused(sweep, port));
        if refused { PortState::Closed } else { PortState::Unknown }
    }

    /// The sweeps that settled a TCP port.
    pub fn evidence_of_tcp(&self, port: u16) -> Vec<EvidenceRef> {
        if let Some(open) = self.open_port(port) {
            return open.evidence();
        }
        let place = format!("tcp/{port}");
        self.sweeps
            .iter()
            .filter(|sweep| refused(sweep, port))
            .map(|(seen, _)| seen.at(place.clone()))
            .collect()
    }

    /// What a UDP port said, if it was asked: the clearest of several protocols.
    pub fn udp(&self, port: u16) -> Option<&AskedService<'a>> {
        self.services.iter().filter(|asked| asked.service.port == port).min_by_key(|asked| {
            match asked.service.state {
                UdpState::Answered => 0,
                UdpState::Refused => 1,
                UdpState::Silent => 2,
            }
        })
    }

    /// The device answered at its address at all.
    pub fn reached(&self) -> bool {
        let by_tcp = |found: &PortInventory| !found.open.is_empty() || found.closed > 0;
        self.sweeps.iter().any(|(_, found)| found.as_ref().is_some_and(by_tcp))
            || self.services.iter().any(|asked| asked.service.state != UdpState::Silent)
    }

    /// Ports of the tester's own host that had to be left out, as items (`tcp/22`, `udp/631`).
    pub fn foreign(&self) -> Vec<String> {
        let sweeps = self.sweeps.iter().filter_map(|(_, found)| found.as_ref());
        let tcp = sweeps.flat_map(|found| found.foreign.iter().map(|port| ("tcp", *port)));
        let answers = self.questions.iter().filter_map(|seen| seen.observation.read::<UdpInventory>());
        let udp = answers.flat_map(|found| found.foreign).map(|port| ("udp", port));
        let mut foreign: Vec<(&str, u16)> = tcp.chain(udp).collect();
        foreign.sort_unstable();
        foreign.dedup();
        foreign.into_iter().map(|(transport, port)| format!("{transport}/{port}")).collect()
    }

    /// What the search for open ports and answering services lacks for a PASS; `minimum` is the number
    /// of ports that the catalogue asks for.
    pub fn shortfall_of_search(&self, minimum: u64) -> Option<Shortfall> {
        self.shortfall_of_sweep(minimum).or_else(|| self.shortfall_of_questions())
    }

    /// What the sweep of TCP ports lacks. One sweep that came to its end is enough.
    pub fn shortfall_of_sweep(&self, minimum: u64) -> Option<Shortfall> {
        let Some((last, _)) = self.sweeps.last() else { return Some(missing("tcp-sweep")) };
        let lacking: Vec<Reason> = self
            .sweeps
            .iter()
            .map(|(recorded, found)| lack_of_sweep(recorded, found.as_ref(), minimum))
            .collect::<Option<Vec<Reason>>>()?;
        lacking.into_iter().last().map(|reason| short(reason, last))
    }

    /// What the questions to UDP services lack.
    pub fn shortfall_of_questions(&self) -> Option<Shortfall> {
        let Some(last) = self.questions.last() else { return Some(missing("udp-services")) };
        let settled = self.questions.iter().any(|recorded| {
            recorded.complete()
                && recorded.observation.read::<UdpInventory>().is_some_and(|found| !found.services.is_empty())
        });
        (!settled).then(|| short(incomplete("udp-services", last), last))
    }

    /// What the identification of the open ports lacks: each has to be asked and settled.
    pub fn shortfall_of_identification(&self) -> Option<Shortfall> {
        self.ports.iter().find_map(|port| match &port.identity {
            Some((recorded, _)) if recorded.complete() => None,
            other => Some(unidentified(port, other.as_ref().map(|(recorded, _)| *recorded))),
        })
    }

    /// Every observation behind the search.
    pub fn evidence(&self) -> Vec<EvidenceRef> {
        let sweeps = self.sweeps.iter().map(|(recorded, _)| recorded.at(""));
        sweeps.chain(self.questions.iter().map(|recorded| recorded.at(""))).collect()
    }

    /// Effort of the search.
    pub fn effort(&self) -> Effort {
        let mut total = Effort::default();
        let all = self.sweeps.iter().map(|(recorded, _)| *recorded).chain(self.questions.iter().copied());
        for recorded in all {
            let effort = &recorded.observation.effort;
            total.attempted += effort.attempted;
            total.completed += effort.completed;
            total.seconds += effort.seconds;
            if !effort.what.is_empty() {
                if !total.what.is_empty() {
                    total.what.push_str("; ");
                }
                total.what.push_str(&effort.what);
            }
            total.gaps.extend(effort.gaps.iter().cloned());
        }
        total
    }

    /// Writes state and sample into a result.
    pub fn place(&self, mut result: ItemResult) -> ItemResult {
        result.state = Some(self.state);
        result.sample = self.sample.map(str::to_owned);
        result
    }
}

impl Shortfall {
    /// An INCONCLUSIVE result that carries it; the lab has to act.
    pub fn result(self, item: &str) -> ItemResult {
        let mut result = ItemResult::machine(
            item,
            crate::verdict::Verdict::Inconclusive,
            crate::judge::RestsOn::Observed,
            self.reason,
        )
        .blame(Blame::Lab);
        result.evidence = self.evidence;
        result.effort = self.effort;
        result
    }
}

/// Ports that a unit demands of a sweep.
pub fn minimum_ports(unit: &Unit) -> u64 {
    unit.minimum_effort
        .as_ref()
        .filter(|minimum| minimum.probe == "tcp-sweep")
        .map_or(EVERY_PORT, |minimum| minimum.completed)
}

/// Whether a sweep was to ask this port: the parameter `ports`, empty for all of them.
fn asked(recorded: &Recorded, port: u16) -> bool {
    match recorded.observation.params.get("ports").and_then(|ports| ports.as_array()) {
        Some(ports) if !ports.is_empty() => ports.iter().any(|asked| asked.as_u64() == Some(u64::from(port))),
        _ => true,
    }
}

/// Whether a sweep asked this port and was refused: what it did not find open and did not leave unanswered.
fn refused((recorded, found): &(&Recorded, Option<PortInventory>), port: u16) -> bool {
    found.as_ref().is_some_and(|found| {
        let unanswered = found.unanswered.iter().any(|(first, last)| (*first..=*last).contains(&port));
        asked(recorded, port) && !unanswered && !found.foreign.contains(&port) && !found.open.contains(&port)
    })
}

fn lack_of_sweep(recorded: &Recorded, found: Option<&PortInventory>, minimum: u64) -> Option<Reason> {
    if recorded.observation.outcome == Outcome::Refused {
        return Some(Reason::new("device-stopped-answering").with("trouble", trouble(recorded)));
    }
    let Some(found) = found.filter(|_| recorded.complete()) else {
        return Some(incomplete("tcp-sweep", recorded));
    };
    if found.canary.port.is_none() || found.canary.checks == 0 {
        return Some(Reason::new("no-liveness-canary").with("asked", found.asked));
    }
    let matrix = recorded.observation.params.get("profile").and_then(|name| name.as_str()) == Some("matrix");
    let minimum = if matrix { MATRIX_PORTS } else { minimum };
    // Ports of the tester's own host cannot be asked on a loopback bench; they are named in the report.
    let foreign = (found.foreign.len() as u64).min(FOREIGN_AT_MOST);
    let settled = u64::from(found.closed) + found.open.len() as u64;
    let completed = settled.min(recorded.observation.effort.completed) + foreign;
    (!found.unanswered.is_empty() || completed < minimum)
        .then(|| Reason::new("effort-too-small").with("minimum", minimum).with("completed", completed))
}

/// What the identification of one open port lacks: an observation, or its end.
pub fn unidentified(port: &OpenPort<'_>, recorded: Option<&Recorded>) -> Shortfall {
    match recorded {
        Some(recorded) => short(incomplete("identify", recorded), recorded),
        None => Shortfall { evidence: port.evidence(), ..missing(&format!("identify {}", port.item())) },
    }
}

/// The shortfall of something that nobody observed.
pub fn missing(probe: &str) -> Shortfall {
    Shortfall {
        reason: Reason::new("observation-missing").with("probe", probe),
        evidence: Vec::new(),
        effort: None,
    }
}

fn incomplete(probe: &str, recorded: &Recorded) -> Reason {
    Reason::new("observation-incomplete").with("probe", probe).with("trouble", trouble(recorded))
}

fn trouble(recorded: &Recorded) -> String {
    recorded.observation.trouble.clone().unwrap_or_else(|| "no reason given".to_owned())
}

fn short(reason: Reason, recorded: &Recorded) -> Shortfall {
    Shortfall { reason, evidence: vec![recorded.at("")], effort: Some(recorded.observation.effort.clone()) }
}
