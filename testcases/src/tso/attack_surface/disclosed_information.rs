//! 5.6-2: network interfaces tell as little as they can before a login.

#[path = "disclosed_information/declared.rs"]
mod declared;

use ixit::companion::{Endpoint, Transport};
use ixit::{Blame, Row};
use probes::EvidenceRef;
use probes::probe::identify::Disclosure;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::bluetooth::{disclosed, surface};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{self, Inventory};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
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
            judge: declared::what_matters_for_security_is_marked,
        },
        Judge {
            unit: "5.6-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::what_is_marked_is_needed,
        },
        Judge {
            unit: "5.6-2-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "identify", "udp-services", "discovery", "ble-surface"],
            judge: only_declared_information_is_disclosed,
        },
    ],
};

/// Kinds that a judge tells apart; anything else a person has to look at.
const KINDS: &[&str] =
    &["model", "serial", "firmware-version", "server-software", "mac-address", "host-name", "service-list"];

/// 5.6-2-2 a: what a network interface tells before a login is declared. Kinds of information that nobody
/// declared fail. A whole search that recognized declared kinds only passes; whether free text tells something
/// else is for a person to see.
fn only_declared_information_is_disclosed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let inventories = inventory::inventories(facts, &inventory::required_states(facts, unit));
    let mut results = Vec::new();
    for item in &selected.items {
        if surface::is_bluetooth(item.row) && surface::looks(facts).next().is_some() {
            results.extend(disclosed::only_declared_is_told(facts, unit, item, DutState::Initialized));
            continue;
        }
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
    /// It has no endpoint of its own: it tells what is found at no declared endpoint.
    is_only_link: bool,
    /// Endpoints of every network interface.
    known: Vec<&'a Endpoint>,
}

impl<'i, 'a> Interface<'i, 'a> {
    /// The endpoints are those of the row. The only row without any is the link: it carries what the
    /// logical interfaces tell that are not network interfaces of their own.
    fn of(facts: &Facts<'a>, item: &'i Item<'a>, network: &[Item<'a>]) -> Self {
        let rows = facts.declaration.ixit.rows("intf");
        let is_link = |row: &Row| row.companions.endpoint.is_empty() && !surface::is_bluetooth(row);
        let links = network.iter().filter(|other| is_link(other.row)).count();
        let is_only_link = is_link(item.row) && links == 1;
        let carried = rows.iter().filter(|row| {
            row.id == item.row.id || (is_only_link && network.iter().all(|other| other.row.id != row.id))
        });
        let known = rows.iter().flat_map(|row| &row.companions.endpoint).map(|endpoint| &endpoint.value);
        let mut interface = Self {
            item,
            endpoints: Vec::new(),
            allowed: Vec::new(),
            is_only_link,
            known: known.filter(|endpoint| endpoint.host.is_none()).collect(),
        };
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
        let mut unclear = self.cannot_be_settled(unit, inventory, &mut lines);
        for endpoint in &self.endpoints {
            let place = format!("{}/{}", endpoint.transport.as_str(), endpoint.port);
            match told(endpoint, inventory, &place) {
                Told::Nothing => lines.push(format!("{place}: not open")),
                Told::Unknown(result) => missing = missing.or(Some(*result)),
                Told::All(disclosures, seen) => {
                    for disclosure in &disclosures {
                        let kind = kind_of(facts, disclosure);
                        let known = self.allowed.contains(&kind);
                        let line = format!("{kind} {:?} ({})", disclosure.value, disclosure.place);
                        if !known && KINDS.contains(&kind) {
                            self.fail(&mut failures, kind, disclosure, &place, seen.clone());
                        }
                        unclear |= !KINDS.contains(&kind);
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
        } else if results.is_empty() && !unclear {
            results.push(self.only_declared(inventory, &lines, evidence));
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

    /// Why a machine cannot pass the interface whatever was told, noted in `lines`.
    fn cannot_be_settled(&self, unit: &Unit, inventory: &Inventory<'_>, lines: &mut Vec<String>) -> bool {
        let companions = &self.item.row.companions;
        let before = lines.len();
        if self.item.unclassified || self.item.row.observed_only {
            lines.push("The row is a draft, or does not say of which type it is".to_owned());
        }
        if companions.is_air.as_ref().is_some_and(|air| air.value) || !companions.gatt.is_empty() {
            lines.push("Over the air: no radio was used".to_owned());
        }
        if self.endpoints.is_empty() && !self.is_only_link && !surface::is_bluetooth(self.item.row) {
            lines.push("The row does not say where the interface is reached".to_owned());
        }
        if let Some(shortfall) = inventory.shortfall_of_search(inventory::minimum_ports(unit)) {
            lines.push(format!("The search was not complete: {}", shortfall.reason.code));
        }
        if self.is_only_link {
            // What answers beside the declared endpoints is found there, and judged as an interface elsewhere.
            let elsewhere = |transport, port| {
                !self.known.iter().any(|known| known.transport == transport && known.port == port)
            };
            let ports = inventory.ports.iter().filter(|open| elsewhere(Transport::Tcp, open.port));
            let asked = inventory.services.iter().filter(|asked| asked.answered());
            let asked = asked.filter(|asked| elsewhere(Transport::Udp, asked.service.port));
            let found = ports.map(|open| open.item()).chain(asked.map(|asked| asked.item()));
            lines.extend(found.map(|item| format!("{item}: answers beside the declared interfaces")));
        }
        lines.len() > before
    }

    fn only_declared(
        &self,
        inventory: &Inventory<'_>,
        lines: &[String],
        seen: Vec<EvidenceRef>,
    ) -> ItemResult {
        let row = self.item.row;
        let allowed = if self.allowed.is_empty() { "none".to_owned() } else { self.allowed.join(", ") };
        let found = match lines.is_empty() {
            true => "nothing answers beside the interfaces with endpoints of their own".to_owned(),
            false => lines.join("; "),
        };
        let reason = Reason::new("only-declared-disclosures")
            .with("row", &row.id)
            .with("declared", allowed)
            .with("found", found)
            .expected_by(row.reference("intf", "disclosed"));
        let mut result = ItemResult::machine(&row.id, Verdict::Pass, RestsOn::Observed, reason)
            .effort(&inventory.effort());
        result.evidence = seen;
        result.evidence.extend(inventory.evidence());
        result
    }

    /// One result for each kind of information.
    fn fail(
        &self,
        failures: &mut Vec<ItemResult>,
        kind: &str,
        told: &Disclosure,
        place: &str,
        seen: EvidenceRef,
    ) {
        let row = self.item.row;
        let item = format!("{}/{kind}", row.id);
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
                    .with("kind", kind)
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

/// The kind of what was told. Free text that is the model designation and nothing else is the model.
fn kind_of<'d>(facts: &Facts<'_>, told: &'d Disclosure) -> &'d str {
    let model = facts.declaration.ics.dut.model.as_ref().map(|model| model.value.trim());
    let is_model =
        model.is_some_and(|model| !model.is_empty() && told.value.trim().eq_ignore_ascii_case(model));
    if told.item == "other" && is_model { "model" } else { &told.item }
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
