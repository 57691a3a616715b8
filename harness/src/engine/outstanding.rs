//! What is outstanding: a pure function of plan, samples and what was observed.

use std::collections::{BTreeMap, BTreeSet};

use probes::probe::identify::ServiceIdentity;
use probes::probe::tcp_sweep::PortInventory;
use probes::probe::udp_services::{UdpInventory, UdpState};
use probes::{Observation, Request};
use testcases::DutState;
use testcases::plan::{ForEach, Plan, Step};

/// UDP services that speak DTLS.
const DTLS_SERVICES: &[&str] = &["dtls", "coaps"];

/// Probes that search an address; they look at every address of a sample.
const SEARCHES: &[&str] = &[
    "tcp-sweep",
    "identify",
    "tls-server",
    "udp-services",
    "dtls-server",
    "open-relay",
    "udp-relay",
    "maintenance-pages",
];

/// Stands for "no sample" where a step looks at none, such as a published page.
pub const NO_SAMPLE: &str = "-";

/// An observation to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The same in every run of the plan; see [`key`].
    pub key: String,
    /// Index of the step in the plan.
    pub step: usize,
    /// State in which it is made.
    pub state: DutState,
    /// Sample id, or [`NO_SAMPLE`].
    pub sample: String,
    /// Port, for steps that are repeated for ports.
    pub port: Option<u16>,
    /// As in the plan.
    pub request: Request,
}

/// What was observed, as far as it decides what is outstanding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    done: BTreeSet<String>,
    open: BTreeMap<(String, String), Vec<u16>>,
    tls: BTreeMap<(String, String), BTreeSet<u16>>,
    dtls: BTreeMap<(String, String), BTreeSet<u16>>,
}

impl Seen {
    /// Adds a complete observation with the key of its step.
    pub fn add(&mut self, key: &str, observation: &Observation) {
        self.done.insert(key.to_owned());
        let place = (observation.context.state.clone(), observation.context.sample.clone());
        match observation.probe.as_str() {
            "tcp-sweep" => {
                if let Some(inventory) = observation.read::<PortInventory>() {
                    self.open.insert(place, inventory.open);
                }
            }
            "identify" => {
                if let Some(service) = observation.read::<ServiceIdentity>()
                    && service.tls
                {
                    self.tls.entry(place).or_default().insert(service.port);
                }
            }
            "udp-services" => {
                let found =
                    observation.read::<UdpInventory>().map(|found| found.services).unwrap_or_default();
                let dtls = found.iter().filter(|service| {
                    service.state == UdpState::Answered && DTLS_SERVICES.contains(&service.service.as_str())
                });
                self.dtls.entry(place).or_default().extend(dtls.map(|service| service.port));
            }
            _ => {}
        }
    }

    /// Whether the observation with this key was made.
    pub fn has(&self, key: &str) -> bool {
        self.done.contains(key)
    }

    /// Observations made.
    pub fn count(&self) -> usize {
        self.done.len()
    }

    fn ports(&self, for_each: ForEach, state: DutState, sample: &str) -> Vec<u16> {
        let place = (state.as_str().to_owned(), sample.to_owned());
        match for_each {
            ForEach::OpenPort => self.open.get(&place).cloned().unwrap_or_default(),
            ForEach::TlsPort => {
                self.tls.get(&place).map(|ports| ports.iter().copied().collect()).unwrap_or_default()
            }
            ForEach::DtlsPort => {
                self.dtls.get(&place).map(|ports| ports.iter().copied().collect()).unwrap_or_default()
            }
        }
    }
}

/// The observations that are outstanding, in the order in which they are made. Those that are repeated
/// for ports appear once the ports are known. Further addresses of a sample (`SAMPLE@ADDRESS`) are searched,
/// and nothing else is done there.
pub fn outstanding(plan: &Plan, samples: &[String], seen: &Seen) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let Step::Observe { state, request, for_each, .. } = step else { continue };
        let of_no_sample = [NO_SAMPLE.to_owned()];
        let samples = if request.probe == "public-resource" { &of_no_sample } else { samples };
        let search = SEARCHES.contains(&request.probe.as_str());
        for sample in samples.iter().filter(|sample| search || further_address(sample).is_none()) {
            let ports: Vec<Option<u16>> = match for_each {
                None => vec![None],
                Some(for_each) => seen.ports(*for_each, *state, sample).into_iter().map(Some).collect(),
            };
            for port in ports {
                let key = key(*state, request, sample, port);
                if !seen.has(&key) {
                    tasks.push(Task {
                        key,
                        step: index,
                        state: *state,
                        sample: sample.clone(),
                        port,
                        request: request.clone(),
                    });
                }
            }
        }
    }
    tasks
}

/// Sample and address of a `SAMPLE@ADDRESS`; `None` for a sample itself.
pub fn further_address(searched: &str) -> Option<(&str, std::net::IpAddr)> {
    let (sample, address) = searched.rsplit_once('@')?;
    Some((sample, address.parse().ok()?))
}

/// Key of an observation: `STATE/PROBE/TARGET/SAMPLE`, and `/tcp-PORT` where the step is repeated for ports.
///
/// It says what is observed and not where it stands in the plan, so that a plan that grows keeps what was
/// observed. Within target and sample, `/`, `~` and `%` are written as in a URL: an observation that is
/// repeated has the key of the first with `~` and a number behind it.
pub fn key(state: DutState, request: &Request, sample: &str, port: Option<u16>) -> String {
    let segment = |text: &str| text.replace('%', "%25").replace('/', "%2F").replace('~', "%7E");
    let (target, sample) = (segment(&request.target), segment(sample));
    let key = format!("{}/{}/{target}/{sample}", state.as_str(), request.probe);
    match port {
        None => key,
        Some(port) => format!("{key}/tcp-{port}"),
    }
}

/// Index of the step that brings the device into the state of another step; `None` before the first.
pub fn entrance(plan: &Plan, step: usize) -> Option<usize> {
    (0..=step).rev().find(|index| matches!(plan.steps.get(*index), Some(Step::Enter { .. })))
}

#[cfg(test)]
mod tests;
