//! 5.6-2: network interfaces tell as little as they can before a login.

use ixit::Blame;
use ixit::companion::{Disclosed, Endpoint, Transport};
use probes::EvidenceRef;
use probes::probe::identify::Disclosure;

use crate::assessor::empty_selection;
use crate::assisted::{self, Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{self, Inventory};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-2.
pub static GROUP: Group = Group {
    id: "5.6-2",
    judges: &[
        Judge {
            unit: "5.6-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: what_matters_for_security_is_marked,
        },
        Judge {
            unit: "5.6-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: what_is_marked_is_needed,
        },
        Judge {
            unit: "5.6-2-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["tcp-sweep", "identify", "udp-services"],
            judge: only_declared_information_is_disclosed,
        },
    ],
};

/// Kinds of information that an attacker uses whatever the device: the version of the firmware leads to
/// its known weaknesses.
const ALWAYS_RELEVANT: &[&str] = &["firmware-version"];

/// Kinds that a judge tells apart; anything else a person has to look at.
const KINDS: &[&str] =
    &["model", "serial", "firmware-version", "server-software", "mac-address", "host-name", "service-list"];

/// 5.6-2-1 a: information that is marked as not security-relevant is not.
fn what_matters_for_security_is_marked(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let unmarked: Vec<&str> = disclosed(item)
            .filter(|disclosed| !disclosed.security_relevant)
            .map(|disclosed| disclosed.item.as_str())
            .filter(|kind| ALWAYS_RELEVANT.contains(kind))
            .collect();
        contradiction(item, "disclosure-wrongly-marked", &unmarked)
    })
}

/// 5.6-2-1 b: information that is marked as security-relevant is needed; without a reason it is not.
fn what_is_marked_is_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let said = |reason: &str| !ixit::declaration::is_placeholder(reason);
        let unreasoned: Vec<&str> = disclosed(item)
            .filter(|disclosed| disclosed.security_relevant && !disclosed.reason.as_deref().is_some_and(said))
            .map(|disclosed| disclosed.item.as_str())
            .collect();
        contradiction(item, "security-relevant-disclosure", &unreasoned)
    })
}

fn disclosed<'a>(item: &Item<'a>) -> impl Iterator<Item = &'a Disclosed> {
    item.row.companions.disclosed.iter().map(|disclosed| &disclosed.value)
}

fn contradiction(item: &Item<'_>, code: &str, kinds: &[&str]) -> Look {
    if kinds.is_empty() {
        return Look::question(item, &["disclosed"], None);
    }
    Look::Contradiction {
        reason: Reason::new(code)
            .with("row", &item.row.id)
            .with("found", kinds.join(", "))
            .expected_by("criterion"),
        shown_by: "disclosed",
    }
}

/// 5.6-2-2 a: what a network interface tells before a login is declared. Kinds of information that nobody
/// declared fail; whether free text tells something else is for a person to see.
fn only_declared_information_is_disclosed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let inventories = inventory::inventories(facts, &inventory::required_states(facts, unit));
    let mut results = Vec::new();
    for item in &selected.items {
        let interface = Interface::of(facts, item, &selected.items);
        for inventory in &inventories {
            // The unit is about the initialized state alone.
            if Some(inventory.state.as_str()) == unit.state.as_deref() {
                results.extend(interface.look(facts, unit, inventory));
            }
        }
    }
    results
}

/// A network interface with the endpoints through which it tells something.
struct Interface<'i, 'a> {
    item: &'i Item<'a>,
    endpoints: Vec<&'a Endpoint>,
    allowed: Vec<&'a str>,
}

impl<'i, 'a> Interface<'i, 'a> {
    /// The endpoints are those of the row. The only row without any is the link: it carries what the
    /// logical interfaces tell that are not network interfaces of their own.
    fn of(facts: &Facts<'a>, item: &'i Item<'a>, network: &[Item<'a>]) -> Self {
        let rows = facts.declaration.ixit.rows("intf");
        let links = network.iter().filter(|other| other.row.companions.endpoint.is_empty()).count();
        let is_only_link = item.row.companions.endpoint.is_empty() && links == 1;
        let carried = rows.iter().filter(|row| {
            row.id == item.row.id || (is_only_link && network.iter().all(|other| other.row.id != row.id))
        });
        let mut interface = Self { item, endpoints: Vec::new(), allowed: Vec::new() };
        for row in carried {
            interface.endpoints.extend(row.companions.endpoint.iter().map(|endpoint| &endpoint.value));
            // What only a draft wrote down is what was found, and declares nothing.
            if row.observed_only {
                continue;
            }
            interface
                .allowed
                .extend(row.companions.disclosed.iter().map(|disclosed| disclosed.value.item.as_str()));
        }
        interface
    }

    fn look(&self, facts: &Facts<'_>, unit: &Unit, inventory: &Inventory<'_>) -> Vec<ItemResult> {
        let row = self.item.row;
        let mut lines = Vec::new();
        let mut evidence = Vec::new();
        let mut failures: Vec<ItemResult> = Vec::new();
        let mut missing = None;
        for endpoint in &self.endpoints {
            let place = format!("{}/{}", endpoint.transport.as_str(), endpoint.port);
            match told(endpoint, inventory, &place) {
                Told::Nothing => lines.push(format!("{place}: not open")),
                Told::Unknown(result) => missing = missing.or(Some(*result)),
                Told::All(disclosures, seen) => {
                    for disclosure in &disclosures {
                        let known = self.allowed.contains(&disclosure.item.as_str());
                        let line =
                            format!("{} {:?} ({})", disclosure.item, disclosure.value, disclosure.place);
                        if !known && KINDS.contains(&disclosure.item.as_str()) {
                            self.fail(&mut failures, disclosure, &place, seen.clone());
                        }
                        lines.push(format!("{place}: {line}"));
                    }
                    if disclosures.is_empty() {
                        lines.push(format!("{place}: nothing recognized"));
                    }
                    evidence.push(seen);
                }
            }
        }
        let mut results = failures;
        if let Some(result) = missing {
            results.push(result);
        } else if results.is_empty() {
            let mut shown = facts.shown_of_row(unit, self.item.table, row);
            shown.extend(assisted::companions(self.item, &["disclosed"]));
            shown.extend(lines.into_iter().map(|text| Shown {
                label: "observed".to_owned(),
                text,
                source: None,
            }));
            let mut question = crate::facts::Question::on(unit, &row.id);
            question.by = By::Assisted;
            question.shown = shown;
            question.prejudgement = (!self.endpoints.is_empty()).then_some(Verdict::Pass);
            question.state = Some(inventory.state);
            question.sample = inventory.sample.map(str::to_owned);
            let mut asked = facts.ask(question);
            asked.evidence.extend(evidence);
            results.push(asked);
        }
        results.into_iter().map(|result| inventory.place(result)).collect()
    }

    /// One result for each kind of information.
    fn fail(&self, failures: &mut Vec<ItemResult>, told: &Disclosure, place: &str, seen: EvidenceRef) {
        let row = self.item.row;
        let item = format!("{}/{}", row.id, told.item);
        if let Some(known) = failures.iter_mut().find(|failure| failure.item == item) {
            known.evidence.push(seen);
            return;
        }
        let allowed = if self.allowed.is_empty() { "none".to_owned() } else { self.allowed.join(", ") };
        failures.push(
            ItemResult::machine(
                &item,
                Verdict::Fail,
                RestsOn::Observed,
                Reason::new("undeclared-disclosure")
                    .with("row", &row.id)
                    .with("kind", &told.item)
                    .with("value", &told.value)
                    .with("place", format!("{place}, {}", told.place))
                    .with("declared", allowed)
                    .expected_by(row.reference("intf", "disclosed")),
            )
            .blame(Blame::DeviceOrDocumentation)
            .evidence(seen),
        );
    }
}

/// What an endpoint told.
enum Told {
    /// It is not open.
    Nothing,
    /// All that was recognized, and where it was seen.
    All(Vec<Disclosure>, EvidenceRef),
    /// Nobody knows; the result says why.
    Unknown(Box<ItemResult>),
}

fn told(endpoint: &Endpoint, inventory: &Inventory<'_>, place: &str) -> Told {
    use crate::inventory::PortState;
    use probes::probe::udp_services::UdpState;
    let unknown = |shortfall: inventory::Shortfall| Told::Unknown(Box::new(shortfall.result(place)));
    match endpoint.transport {
        Transport::Tcp => match (inventory.tcp(endpoint.port), inventory.open_port(endpoint.port)) {
            (PortState::Closed, _) => Told::Nothing,
            (_, Some(open)) => match &open.identity {
                Some((recorded, identity)) if recorded.complete() => {
                    Told::All(identity.disclosed.clone(), recorded.at(place))
                }
                other => {
                    unknown(inventory::unidentified(open, other.as_ref().map(|(recorded, _)| *recorded)))
                }
            },
            _ => match inventory.shortfall_of_sweep(0) {
                Some(shortfall) => unknown(shortfall),
                None => unknown(inventory::missing(&format!("tcp-sweep {place}"))),
            },
        },
        Transport::Udp => match inventory.udp(endpoint.port) {
            Some(asked) if asked.service.state == UdpState::Refused => Told::Nothing,
            Some(asked) if asked.answered() => {
                Told::All(asked.service.disclosed.clone(), asked.seen.at(place))
            }
            _ => unknown(inventory::missing(&format!("udp-services {place}"))),
        },
    }
}

#[cfg(test)]
#[path = "disclosed_information/tests.rs"]
mod tests;
