//! 5.5-4: services that are reachable over a network let in only who has shown who they are.

use ixit::Blame;
use ixit::companion::LoginKind;
use probes::probe::http_login::LoginBehaviour;
use probes::probe::tls_server::TlsFacts;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::bluetooth::access;
use crate::bluetooth::pairing::protection::{self, Concern};
use crate::catalogue::Unit;
use crate::facts::{Facts, Question, Recorded};
use crate::inventory;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::observing::access_control::reachable_in;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::tls_comparison::tls_ports;
use crate::tso::no_default_passwords::authentication_crypto;
use crate::verdict::Verdict;

#[path = "services_need_authentication/as_client.rs"]
mod as_client;
#[path = "services_need_authentication/declared.rs"]
pub(crate) mod declared;
#[path = "services_need_authentication/trials.rs"]
mod trials;

/// 5.5-4.
pub static GROUP: Group = Group {
    id: "5.5-4",
    judges: &[
        Judge {
            unit: "5.5-4-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::an_authentication_mechanism_is_referenced,
        },
        Judge {
            unit: "5.5-4-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::subjects_are_told_apart,
        },
        Judge {
            unit: "5.5-4-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_protection_holds,
        },
        Judge {
            // By machine where all that a mechanism protects is reached over Bluetooth LE and says who may.
            unit: "5.5-4-1:d",
            by: By::Assisted,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::rights_are_kept,
        },
        Judge {
            unit: "5.5-4-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["access-control", "http-login", "tls-client", "ble-access"],
            judge: strangers_are_refused,
        },
        Judge {
            unit: "5.5-4-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["access-control", "tls-client", "ble-access"],
            judge: who_may_is_let_in,
        },
        Judge {
            unit: "5.5-4-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tls-server", "identify", "tls-client", "ble-pairing"],
            judge: the_protection_is_the_declared_one,
        },
    ],
};

/// 5.5-4-2 a: unauthenticated, invalid and unentitled subjects get nothing of a service.
fn strangers_are_refused(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_service(facts, unit, |item| strangers(facts, unit, item, DutState::Initialized))
}

/// 5.5-4-2 b: whoever may gets what the service is for.
fn who_may_is_let_in(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_service(facts, unit, |item| entitled(facts, unit, item, DutState::Initialized, item.row.id.clone()))
}

/// 5.5-4-2 c: nothing suggests that a mechanism is protected otherwise than declared.
fn the_protection_is_the_declared_one(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_service(facts, unit, |item| protection(facts, unit, item, DutState::Initialized))
}

fn each_service(
    facts: &Facts<'_>,
    unit: &Unit,
    judge: impl Fn(&Item<'_>) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    match empty_selection(unit, &selected.emptiness) {
        Some(result) => vec![result],
        None => selected.items.iter().flat_map(judge).collect(),
    }
}

/// Whether strangers are refused by a service in a state.
pub(crate) fn strangers(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>, state: DutState) -> Vec<ItemResult> {
    let over_air = access::strangers_refused(facts, item, state);
    if let Some(results) = by_bluetooth_alone(item, &over_air) {
        return results;
    }
    let mut results = strangers_over_ip(facts, unit, item, state);
    results.extend(over_air.unwrap_or_default());
    results
}

/// The results over Bluetooth LE of a service that is reached in no other way.
fn by_bluetooth_alone(item: &Item<'_>, over_air: &Option<Vec<ItemResult>>) -> Option<Vec<ItemResult>> {
    let companions = &item.row.companions;
    let alone = companions.endpoint.is_empty() && companions.access.is_empty() && !item.unclassified;
    over_air.clone().filter(|_| alone)
}

fn strangers_over_ip(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>, state: DutState) -> Vec<ItemResult> {
    if let Some(hosts) = as_client::peers_of(item.row) {
        let results = as_client::strangers(facts, item.row, &hosts);
        return results.unwrap_or_else(|| vec![assisted::ask_about(facts, unit, item, Vec::new(), None)]);
    }
    if item.unclassified || !trials::are_declared(facts, item.row) || reachable_in(item.row, state).is_none()
    {
        return vec![by_its_login(facts, unit, item)];
    }
    trials::strangers_refused(facts, unit, item, state)
}

/// Whether who may is let in by a service in a state.
pub(crate) fn entitled(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
    name: String,
) -> Vec<ItemResult> {
    let over_air = access::entitled_let_in(facts, item, state, &name);
    if let Some(results) = by_bluetooth_alone(item, &over_air) {
        return results;
    }
    let mut results = entitled_over_ip(facts, unit, item, state, name);
    results.extend(over_air.unwrap_or_default());
    results
}

fn entitled_over_ip(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
    name: String,
) -> Vec<ItemResult> {
    if let Some(hosts) = as_client::peers_of(item.row) {
        let results = as_client::real_peer(facts, item.row, &hosts);
        return results.unwrap_or_else(|| vec![assisted::ask_about(facts, unit, item, Vec::new(), None)]);
    }
    if item.unclassified || !trials::are_declared(facts, item.row) || reachable_in(item.row, state).is_none()
    {
        return vec![assisted::ask_about(facts, unit, item, Vec::new(), None)];
    }
    trials::entitled_let_in(facts, unit, item, state, name)
}

/// Whether the protection of a mechanism seen in a state is the declared one.
pub(crate) fn protection(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
) -> Vec<ItemResult> {
    if tls_ports(item.row).is_empty() {
        let mut paired = protection::as_declared(facts, item, Concern::Protection);
        if !paired.is_empty() && !item.unclassified {
            // A device has one way to pair: where it was looked at in another state, that state has its result.
            paired.retain(|result| result.state.is_none_or(|seen| seen == state));
            return paired;
        }
        let seen = as_client::cryptography(facts, item.row);
        return seen.unwrap_or_else(|| {
            let shown = assisted::companions(item, &["crypto"]);
            vec![assisted::ask_about(facts, unit, item, shown, None)]
        });
    }
    let observed: Vec<(&Recorded, TlsFacts)> = facts
        .results::<TlsFacts>("tls-server")
        .into_iter()
        .filter(|(recorded, _)| recorded.state() == Some(state))
        .collect();
    let mut results = in_the_clear(facts, item, state);
    results.extend(authentication_crypto::of_row(item, &observed));
    // What could not be compared by a machine is for a person, as long as nothing fails.
    let undriven =
        |result: &ItemResult| matches!(result.reason.code.as_str(), "no-driver" | "crypto-not-stated");
    if results.iter().all(undriven) {
        let shown = assisted::companions(item, &["crypto"]);
        let question = Question { state: Some(state), ..Question::on(unit, &item.row.id) };
        return vec![facts.ask(Question { by: By::Assisted, shown, ..question })];
    }
    results
}

/// A login that is declared inside TLS and offered without it as well.
fn in_the_clear(facts: &Facts<'_>, item: &Item<'_>, state: DutState) -> Vec<ItemResult> {
    let Some(login) = item.row.companions.login.as_ref().map(|login| &login.value).filter(|login| login.tls)
    else {
        return Vec::new();
    };
    let (kind, place) = match login.kind {
        LoginKind::Form => ("html-form", &login.path),
        LoginKind::Basic => ("http-basic", &login.protected),
        LoginKind::Digest => ("http-digest", &login.protected),
        LoginKind::Bearer => ("http-bearer", &login.protected),
        _ => return Vec::new(),
    };
    let mut results = Vec::new();
    for inventory in inventory::inventories(facts, &[state]).into_iter().filter(|found| found.state == state)
    {
        for port in &inventory.ports {
            let Some((recorded, identity)) = &port.identity else { continue };
            let at = format!("{place}:");
            let also = format!("also at {place}");
            let offers = |seen: &str| {
                seen.starts_with(&at) || seen.ends_with(&also) || seen.contains(&format!("{also},"))
            };
            let found = identity.logins.iter().find(|offer| offer.kind == kind && offers(&offer.seen));
            let Some(found) = found.filter(|_| !identity.tls) else { continue };
            let reason = Reason::new("login-in-the-clear")
                .with("row", &item.row.id)
                .with("place", port.item())
                .with("found", &found.seen)
                .expected_by(item.row.reference(item.table, "login"));
            let result = ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason)
                .blame(Blame::Device)
                .evidence(recorded.at(port.item()))
                .effort(&recorded.observation.effort);
            results.push(inventory.place(result));
        }
    }
    results
}

/// A service without declared accesses: where the probe of logins drives a mechanism that protects it, the page
/// behind the login has to refuse a stranger. One that opens is a shown contradiction; everything else is for a
/// person.
fn by_its_login(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>) -> ItemResult {
    let logins = facts.results::<LoginBehaviour>("http-login");
    one_service(facts, unit, item, &logins)
}

fn one_service(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    logins: &[(&Recorded, LoginBehaviour)],
) -> ItemResult {
    let mechanisms = item.row.texts("authentication_mechanism");
    let mut seen = Vec::new();
    for (recorded, login) in logins.iter().filter(|(_, login)| mechanisms.contains(&login.row.as_str())) {
        let control = &login.negative_control;
        let protected = protected_page(recorded);
        if control.result == "accepted" {
            return ItemResult::machine(
                &item.row.id,
                Verdict::Fail,
                RestsOn::Observed,
                Reason::new("open-without-login")
                    .with("row", &login.row)
                    .with("page", &protected)
                    .with("subject", "nobody")
                    .with("seen", "the content")
                    .with("count", 1)
                    .with(
                        "status",
                        control.status.map_or_else(|| "-".to_owned(), |status| status.to_string()),
                    )
                    .expected_by(item.row.reference(item.table, "authentication_mechanism")),
            )
            .blame(Blame::Device)
            .seen_in(recorded.state(), recorded.sample())
            .evidence(recorded.at(format!("request {}", control.n)))
            .effort(&recorded.observation.effort);
        }
        seen.push(Shown {
            label: format!("observed: {protected} without credentials"),
            text: format!("{} ({})", control.result, control.status.unwrap_or_default()),
            source: Some(recorded.reference.clone()),
        });
    }
    assisted::ask_about(facts, unit, item, seen, None)
}

fn protected_page(recorded: &Recorded) -> String {
    recorded.observation.params.get("protected").and_then(|page| page.as_str()).unwrap_or("-").to_owned()
}

#[cfg(test)]
#[path = "services_need_authentication/tests.rs"]
mod tests;
