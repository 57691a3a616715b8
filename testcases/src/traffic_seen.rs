//! What the captures of a run show: all of them together, whether they come from listening to an idle device or from
//! an outage.
//!
//! A capture is evidence of what it holds. It is evidence of what it does not hold only if it saw the device speak,
//! from a start or a recovery on, for long enough: what lacks is named by [`Captures::shortfall`].

mod clear_text;
pub mod consent;
mod declared;
mod destinations;
pub(crate) mod mud_rules;
mod shortfall;
#[cfg(test)]
pub(crate) mod test_captures;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use probes::EvidenceRef;
use probes::capture::{Flow, Initiator, TrafficFacts, Transport};
use probes::probe::interruption::Interruption;
use probes::probe::settings::SettingsSeen;
use probes::probe::traffic::Traffic;

use crate::facts::{Facts, Recorded};
use crate::judge::ItemResult;
use crate::state::DutState;

pub use clear_text::{Concern, WHAT_IT_READS, cryptography_and_clear_text};
pub use declared::{Mechanisms, Standing};
pub(crate) use declared::{is_answered_anywhere, is_of_the_network};
pub(crate) use destinations::finding;
pub use destinations::{Destination, judged, only_declared_destinations, standings, undeclared};
pub use shortfall::Shortfall;

/// What was done to the device during a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// Nothing.
    Idle,
    /// It was made to call its peers anew.
    Woken,
    /// Something around it failed and came back: kind of the outage, and its number from 1.
    Outage(String, usize),
    /// A consent of the user was put into this position. Such a capture is evidence of what it holds alone.
    Position(String),
}

/// A capture.
#[derive(Clone, Debug)]
pub struct Capture<'a> {
    /// The observation that holds it.
    pub recorded: &'a Recorded,
    /// What was done meanwhile.
    pub circumstance: Circumstance,
    /// What it shows.
    pub facts: TrafficFacts,
    /// A short capture of a simulated device, which tries out the harness itself.
    pub matrix: bool,
}

/// All captures of a run, in order.
#[derive(Clone, Debug, Default)]
pub struct Captures<'a> {
    /// The captures.
    pub all: Vec<Capture<'a>>,
}

impl<'a> Capture<'a> {
    /// Sample, whichever of its addresses was observed.
    pub fn sample(&self) -> &'a str {
        base(self.recorded.sample())
    }

    /// State of the device at its beginning.
    pub fn state(&self) -> Option<DutState> {
        self.recorded.state()
    }

    /// Evidence in words of the circumstance, with a frame where one shows it.
    pub fn at(&self, frame: Option<u64>) -> EvidenceRef {
        let place = match &self.circumstance {
            Circumstance::Idle | Circumstance::Woken => "capture".to_owned(),
            Circumstance::Outage(kind, number) => format!("capture of outage {number} ({kind})"),
            Circumstance::Position(position) => format!("capture in position {position}"),
        };
        self.recorded.at(match frame {
            Some(frame) => format!("{place}, frame {frame}"),
            None => place,
        })
    }

    /// Nothing of it was left out.
    pub fn complete(&self) -> bool {
        self.recorded.complete() && self.facts.gaps.is_empty()
    }

    /// It shows the device speaking to one other, so that the capture point sees what is not for everybody.
    pub fn saw_the_device_speak(&self) -> bool {
        self.facts.flows.iter().any(|flow| {
            matches!(flow.transport, Transport::Tcp | Transport::Udp)
                && flow.peer.is_some_and(|peer| !for_many(peer))
                && (flow.initiator == Initiator::Device || flow.sent > 0)
        })
    }

    /// It holds a start, a recovery, or connections that were made anew.
    pub fn holds_a_start(&self) -> bool {
        matches!(self.circumstance, Circumstance::Woken | Circumstance::Outage(..))
    }

    /// Writes state and sample into a result, with the capture as evidence.
    pub fn place(&self, result: ItemResult, frame: Option<u64>) -> ItemResult {
        result
            .seen_in(self.state(), self.sample())
            .evidence(self.at(frame))
            .effort(&self.recorded.observation.effort)
    }
}

impl<'a> Captures<'a> {
    /// The captures of every observation.
    pub fn of(facts: &Facts<'a>) -> Self {
        let mut all = Vec::new();
        for recorded in facts.observations {
            match recorded.observation.probe.as_str() {
                "traffic" => {
                    let Some(seen) = recorded.observation.read::<Traffic>() else { continue };
                    all.push(Capture {
                        recorded,
                        circumstance: if seen.woken { Circumstance::Woken } else { Circumstance::Idle },
                        facts: seen.traffic,
                        matrix: seen.profile.as_deref() == Some("matrix"),
                    });
                }
                "interruption" => {
                    let Some(seen) = recorded.observation.read::<Interruption>() else { continue };
                    let matrix = seen.profile.as_deref() == Some("matrix");
                    let kind = seen.kind;
                    let outages = seen.outages.into_iter().enumerate();
                    all.extend(outages.filter_map(|(number, outage)| {
                        let circumstance = Circumstance::Outage(kind.clone(), number + 1);
                        Some(Capture { recorded, circumstance, facts: outage.traffic?, matrix })
                    }));
                }
                "settings" => {
                    let Some(seen) = recorded.observation.read::<SettingsSeen>() else { continue };
                    all.extend(seen.heard.into_iter().map(|heard| Capture {
                        recorded,
                        circumstance: Circumstance::Position(heard.position),
                        facts: heard.traffic,
                        matrix: false,
                    }));
                }
                _ => {}
            }
        }
        Self { all }
    }

    /// Samples of the captures and of the searches of a run, each once; one `None` where nothing was observed.
    pub fn samples(&self, facts: &Facts<'a>) -> Vec<Option<&'a str>> {
        let searches = ["tcp-sweep", "udp-services", "traffic", "interruption"];
        let observed = searches.into_iter().flat_map(|probe| facts.observed(probe));
        let mut samples: Vec<Option<&str>> = observed.map(|recorded| Some(base(recorded.sample()))).collect();
        samples.sort_unstable();
        samples.dedup();
        if samples.is_empty() {
            samples.push(None);
        }
        samples
    }

    /// Captures of a sample; of every sample for `None`.
    pub fn of_sample(&self, sample: Option<&str>) -> impl Iterator<Item = (usize, &Capture<'a>)> {
        self.all.iter().enumerate().filter(move |(_, capture)| sample.is_none_or(|id| capture.sample() == id))
    }

    /// Names that led to the address of a flow in any capture of the sample, also a later one.
    pub fn names_at_any_time(&self, place: usize, flow: &Flow) -> Vec<String> {
        let mut names = self.names(place, flow);
        let (Some(capture), Some(peer)) = (self.all.get(place), flow.peer) else { return names };
        for other in self.all.iter().filter(|other| other.sample() == capture.sample()) {
            for asked in other.facts.names.iter().filter(|asked| asked.answers.contains(&peer)) {
                add(&mut names, &asked.name);
            }
        }
        names
    }

    /// Names by which the device knows the peer of a flow, lower case: what it asked the peer for, else where an
    /// answer to one of its questions led in the same or an earlier capture.
    pub fn names(&self, place: usize, flow: &Flow) -> Vec<String> {
        let Some(capture) = self.all.get(place) else { return Vec::new() };
        let mut names: Vec<String> = Vec::new();
        let asked = flow.tls.iter().filter_map(|tls| tls.server_name.as_deref());
        for name in asked.chain(flow.name.as_deref()) {
            add(&mut names, name);
        }
        let Some(peer) = flow.peer else { return names };
        let earlier = self.all.iter().take(place + 1).filter(|other| other.sample() == capture.sample());
        for other in earlier {
            for asked in other.facts.names.iter().filter(|asked| asked.answers.contains(&peer)) {
                add(&mut names, &asked.name);
            }
        }
        names
    }
}

/// `S1@fe80::1` is a further address of `S1`.
pub(crate) fn base(sample: &str) -> &str {
    sample.split('@').next().unwrap_or(sample)
}

/// Multicast, or every host of the link.
fn for_many(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_multicast() || address.is_broadcast() || address.octets().last() == Some(&255)
        }
        IpAddr::V6(address) => address.is_multicast(),
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    let name = name.trim_end_matches('.').to_lowercase();
    if !name.is_empty() && !names.contains(&name) {
        names.push(name);
    }
}
