//! What a device announces to its whole network: a responder that keeps silent towards a question of its own
//! is found by the one that everybody hears.

use probes::Outcome;
use probes::probe::discovery::{DiscoveredService, Discovery};
use probes::probe::host_presence::HostPresence;
use probes::probe::udp_services::{UdpService, UdpState};

use super::{AskedService, Inventory};
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;
use ixit::Blame;

/// Protocols of announcements, their UDP port and the name of the service that answers there.
const RESPONDERS: &[(&str, u16, &str)] =
    &[("dns-sd", 5353, "mdns"), ("ssdp", 1900, "ssdp"), ("ws-discovery", 3702, "ws-discovery")];

/// Adds the responders that announced something and are not known yet.
pub(super) fn add<'a>(
    facts: &Facts<'a>,
    state: DutState,
    sample: Option<&'a str>,
    services: &mut Vec<AskedService<'a>>,
) {
    for (recorded, found) in facts.results::<Discovery>("discovery") {
        if recorded.state() != Some(state) || Some(recorded.sample()) != sample {
            continue;
        }
        for (protocol, port, name) in RESPONDERS {
            let announced: Vec<&DiscoveredService> =
                found.services.iter().filter(|service| service.protocol == *protocol).collect();
            let known = services.iter().any(|asked| asked.service.port == *port && asked.answered());
            if !announced.is_empty() && !known {
                // Silence towards a question of its own says nothing any more.
                services.retain(|asked| asked.service.port != *port);
                services.push(responder(recorded, &found, &announced, *port, name));
            }
        }
    }
}

fn responder<'a>(
    recorded: &'a Recorded,
    found: &Discovery,
    announced: &[&DiscoveredService],
    port: u16,
    name: &str,
) -> AskedService<'a> {
    let service = UdpService {
        port,
        service: name.to_owned(),
        state: UdpState::Answered,
        sent: 1,
        disclosed: found.disclosed.clone(),
        announced: announced.iter().map(|service| service.kind.clone()).collect(),
    };
    AskedService { service, seen: recorded }
}

/// Addresses at which the hardware of the sample answered and that were not searched: what listens there is
/// not known.
pub fn unsearched_addresses(facts: &Facts<'_>, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = Vec::new();
    for (recorded, found) in facts.results::<HostPresence>("host-presence") {
        if recorded.state() != Some(inventory.state) || Some(recorded.sample()) != inventory.sample {
            continue;
        }
        for known in found.addresses.iter().filter(|known| known.basis == "seen" && !known.in_scope) {
            let item = format!("address/{}", known.address);
            if results.iter().any(|result| result.item == item) {
                continue;
            }
            results.push(
                ItemResult::machine(
                    &item,
                    Verdict::Inconclusive,
                    RestsOn::Observed,
                    Reason::new("address-not-searched").with("address", known.address),
                )
                .blame(Blame::Lab)
                .evidence(recorded.at(item.clone())),
            );
        }
    }
    results
}

/// What the search of a link lacks: a probe that listens to the link and was not made, or failed. Over loopback
/// there is no link; a further address of a sample shares that of the sample.
pub fn link_not_searched(facts: &Facts<'_>, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let further = inventory.sample.is_none_or(|sample| sample.contains('@'));
    let addresses =
        inventory.sweeps.iter().filter_map(|(_, found)| found.as_ref()).map(|found| found.address);
    if further || addresses.clone().next().is_none() || addresses.clone().all(|address| address.is_loopback())
    {
        return Vec::new();
    }
    ["discovery", "host-presence"]
        .into_iter()
        .filter_map(|probe| {
            let here = |recorded: &&Recorded| {
                recorded.state() == Some(inventory.state) && Some(recorded.sample()) == inventory.sample
            };
            match facts.observed(probe).filter(here).last() {
                None => Some(super::missing(probe)),
                Some(recorded) => (recorded.observation.outcome == Outcome::ToolTrouble)
                    .then(|| super::short(super::incomplete(probe, recorded), recorded)),
            }
        })
        .map(|shortfall| shortfall.result("-"))
        .collect()
}
