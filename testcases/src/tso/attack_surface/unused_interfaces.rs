//! 5.6-1: network and logical interfaces that are not needed are disabled.

use ixit::companion::Transport;
use ixit::{Blame, Row};
use probes::probe::udp_services::UdpState;
use probes::{Effort, EvidenceRef};

use crate::assessor::empty_selection;
use crate::bluetooth::surface;
use crate::catalogue::Unit;
use crate::completeness::{self, Comparison};
use crate::facts::{Facts, Question, Recorded};
use crate::inventory::{self, Inventory, PortState, Shortfall};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// 5.6-1.
pub static GROUP: Group = Group {
    id: "5.6-1",
    judges: &[
        Judge {
            unit: "5.6-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: enabled_interfaces_have_a_purpose,
        },
        Judge {
            unit: "5.6-1-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "discovery", "ble-surface"],
            judge: disabled_interfaces_are_found_disabled,
        },
        Judge {
            unit: "5.6-1-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "identify", "udp-services", "discovery", "host-presence", "ble-surface"],
            judge: found_interfaces_are_declared,
        },
    ],
};

/// 5.6-1-1 a: each enabled network or logical interface has a purpose; whether the purpose justifies it is
/// for a person to say.
fn enabled_interfaces_have_a_purpose(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .map(|item| {
            if item.row.text("description").is_none() {
                return ItemResult::machine(
                    &item.row.id,
                    Verdict::Fail,
                    RestsOn::Document,
                    Reason::new("no-justification").with("row", &item.row.id).expected_by("criterion"),
                )
                .blame(Blame::Documentation)
                .declared(item.row.reference(item.table, "description"));
            }
            let mut question = Question::on(unit, &item.row.id);
            question.by = By::Assisted;
            question.shown = facts.shown_of_row(unit, item.table, item.row);
            facts.ask(question)
        })
        .collect()
}

/// 5.6-1-2 a: each network or logical interface that is declared disabled is found disabled or not
/// accessible. One that is declared enabled and found closed does not fail.
fn disabled_interfaces_are_found_disabled(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let rows: Vec<&Row> = selected.items.iter().map(|item| item.row).collect();
    let links = rows.iter().filter(|row| is_link(row)).count();
    let mut results = Vec::new();
    for inventory in inventory::inventories(facts, &inventory::required_states(facts, unit)) {
        for row in &rows {
            results.push(inventory.place(status(facts, unit, row, &inventory, links)));
        }
    }
    results
}

/// 5.6-1-2 b: every network or logical interface that is reached over the network is declared.
fn found_interfaces_are_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    completeness::everything_found_is_declared(
        facts,
        unit,
        &Comparison {
            table: "intf",
            undeclared: "undeclared-interface-open",
            all_declared: "only-declared-interfaces-open",
        },
    )
}

/// A network socket of the device: no port numbers of its own, shown by the device answering through it.
fn is_link(row: &Row) -> bool {
    let kinds = row.texts("type");
    row.companions.endpoint.is_empty()
        && !surface::is_bluetooth(row)
        && kinds.contains(&"network")
        && kinds.contains(&"physical")
}

/// What was seen of an interface.
struct Seen {
    state: PortState,
    /// The places that answered, or all that were asked.
    places: Vec<String>,
    evidence: Vec<EvidenceRef>,
    effort: Effort,
}

fn status(facts: &Facts<'_>, unit: &Unit, row: &Row, inventory: &Inventory<'_>, links: usize) -> ItemResult {
    if row.observed_only {
        return open_for_documentation(row, "row-not-confirmed", "origin");
    }
    let over_air = row.companions.is_air.as_ref().is_some_and(|air| air.value);
    let over_air = over_air || surface::is_bluetooth(row);
    let searched = surface::is_bluetooth(row) && surface::looks(facts).next().is_some();
    if row.companions.endpoint.is_empty() && over_air && !searched {
        return completeness::radio_not_scanned("intf", row);
    }
    let declared = row
        .companions
        .status_in
        .get(inventory.state.as_str())
        .map(|status| status.value.as_str())
        .or_else(|| row.text("status"));
    let Some(enabled) = declared.map(|status| status == "enabled") else {
        return open_for_documentation(row, "status-not-stated", "status");
    };
    let seen = if row.companions.endpoint.is_empty() && over_air {
        match advertised(facts, row, inventory, enabled) {
            Ok(seen) => seen,
            Err(shortfall) => return shortfall.result(&row.id),
        }
    } else if is_link(row) {
        if links > 1 {
            return open_for_documentation(row, "links-not-told-apart", "type");
        }
        link(inventory)
    } else if row.companions.endpoint.is_empty() {
        return open_for_documentation(row, "no-endpoint-companion", "endpoint");
    } else {
        endpoints(row, inventory)
    };
    // A refusal proves that a port is closed only in a sweep that came to its end beside a live canary.
    let tcp = row.companions.endpoint.iter().any(|endpoint| endpoint.value.transport == Transport::Tcp);
    if seen.state == PortState::Closed
        && tcp
        && let Some(shortfall) = inventory.shortfall_of_sweep(inventory::minimum_ports(unit))
    {
        return shortfall.result(&row.id);
    }
    let (verdict, code, blame) = match (enabled, seen.state) {
        (false, PortState::Open) => (Verdict::Fail, "disabled-interface-open", Some(Blame::Device)),
        (false, PortState::Closed) | (true, PortState::Open) => (Verdict::Pass, "as-declared", None),
        (true, PortState::Closed) => (Verdict::Pass, "declared-open-found-closed", None),
        (_, PortState::Unknown) => (Verdict::Inconclusive, "interface-not-observed", Some(Blame::Lab)),
    };
    let mut result = ItemResult::machine(
        &row.id,
        verdict,
        RestsOn::Observed,
        Reason::new(code)
            .with("row", &row.id)
            .with("status", if enabled { "enabled" } else { "disabled" })
            .with("places", seen.places.join(", "))
            .with("state", inventory.state.as_str())
            .expected_by(row.reference("intf", "status")),
    );
    result.blame = blame;
    result.evidence = seen.evidence;
    result.effort = Some(seen.effort);
    result
}

/// Open if it was heard. That it was not heard shows that it is closed where it is declared so, it was listened to
/// long enough, and the same sample was heard by the same bench in another state.
fn advertised(
    facts: &Facts<'_>,
    row: &Row,
    inventory: &Inventory<'_>,
    enabled: bool,
) -> Result<Seen, Box<Shortfall>> {
    let first = || surface::looks(facts).next().map(Recorded::sample);
    let sample = inventory.sample.or_else(first).unwrap_or_default();
    let Some(look) = surface::surface(facts, inventory.state, sample) else {
        return Err(Box::new(inventory::missing(surface::PROBE)));
    };
    let state = if look.seen.heard() {
        PortState::Open
    } else {
        let elsewhere = DutState::ALL.iter().filter_map(|state| surface::surface(facts, *state, sample));
        let known = elsewhere.into_iter().any(|look| look.seen.heard());
        match look.shortfall() {
            Some(shortfall) => return Err(Box::new(shortfall)),
            None if enabled || !known || !look.listened_enough() => {
                return Err(Box::new(look.not_heard(&row.id)));
            }
            None => PortState::Closed,
        }
    };
    let effort = look.recorded.observation.effort.clone();
    Ok(Seen {
        state,
        places: vec!["Bluetooth LE".to_owned()],
        evidence: vec![look.recorded.at("advertising")],
        effort,
    })
}

/// Open if one place is open; closed only if every place refused.
fn endpoints(row: &Row, inventory: &Inventory<'_>) -> Seen {
    let mut places = Vec::new();
    for endpoint in &row.companions.endpoint {
        let port = endpoint.value.port;
        let item = format!("{}/{port}", endpoint.value.transport.as_str());
        let (state, evidence) = match endpoint.value.transport {
            Transport::Tcp => (inventory.tcp(port), inventory.evidence_of_tcp(port)),
            Transport::Udp => match inventory.udp(port) {
                None => (PortState::Unknown, Vec::new()),
                Some(asked) => (
                    match asked.service.state {
                        UdpState::Answered => PortState::Open,
                        UdpState::Refused => PortState::Closed,
                        UdpState::Silent => PortState::Unknown,
                    },
                    vec![asked.seen.at(item.clone())],
                ),
            },
        };
        places.push((state, item, evidence));
    }
    let state = if places.iter().any(|(state, ..)| *state == PortState::Open) {
        PortState::Open
    } else if places.iter().any(|(state, ..)| *state == PortState::Unknown) {
        PortState::Unknown
    } else {
        PortState::Closed
    };
    let deciding = places.into_iter().filter(|(of_it, ..)| *of_it == state);
    let (places, evidence): (Vec<String>, Vec<Vec<EvidenceRef>>) =
        deciding.map(|(_, item, evidence)| (item, evidence)).unzip();
    Seen { state, places, evidence: evidence.concat(), effort: inventory.effort() }
}

fn link(inventory: &Inventory<'_>) -> Seen {
    let state = if inventory.reached() { PortState::Open } else { PortState::Unknown };
    Seen { state, places: vec!["IP".to_owned()], evidence: inventory.evidence(), effort: inventory.effort() }
}

fn open_for_documentation(row: &Row, code: &str, field: &str) -> ItemResult {
    ItemResult::machine(
        &row.id,
        Verdict::Inconclusive,
        RestsOn::Declared,
        Reason::new(code).with("row", &row.id),
    )
    .blame(Blame::Documentation)
    .declared(row.reference("intf", field))
}

#[cfg(test)]
#[path = "unused_interfaces/tests.rs"]
mod tests;
