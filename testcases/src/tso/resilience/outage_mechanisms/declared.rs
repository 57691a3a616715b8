//! 5.9-1-1: what is declared of mechanisms against outages; 5.9-2-1 judges by the same promises.

use ixit::Row;
use ixit::companion::{Endpoint, OutageKind, Resilience};

use crate::assisted::{Look, each_row, together};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::outage_seen::{NETWORK, POWER};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::{self, Item};
use crate::verdict::Verdict;

/// Outages in which the network is lost, and not only something behind it.
const LOSS_OF_NETWORK: &[OutageKind] = &[OutageKind::Link, OutageKind::Uplink];

/// Outages in which associated services are away.
const SERVICES_AWAY: &[OutageKind] = &[OutageKind::Uplink, OutageKind::Services];

/// 5.9-1-1 a: the mechanisms together protect against loss of network and of power. A kind that no row names fails;
/// where rows promise in a closed form what they do in both kinds of outage, it passes.
pub(super) fn both_kinds_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    together(facts, unit, |items| {
        let declared: Vec<String> = items.iter().map(declared).collect();
        let not_covered = |lacking: Vec<&str>, shown_by| Look::Contradiction {
            reason: Reason::new("outage-not-covered")
                .with("lacking", lacking.join(", "))
                .with("rows", declared.join(", "))
                .expected_by("criterion"),
            shown_by,
        };
        let typed = |name: &str| {
            items.iter().any(|item| item.row.text("type").is_none())
                || !selection::rows(facts.declaration, "res_mech", Some(name)).items.is_empty()
        };
        let lacking = of_both(|name, _| !typed(name));
        if !lacking.is_empty() {
            return not_covered(lacking, "type");
        }
        let promised = |kinds: &[OutageKind]| items.iter().any(|item| covers(item.row, kinds));
        if items.iter().all(|item| !outages(item.row).is_empty()) {
            let lacking = of_both(|_, kinds| !promised(kinds));
            if !lacking.is_empty() {
                return not_covered(lacking, "resilience");
            }
        }
        if promised(LOSS_OF_NETWORK) && promised(POWER) {
            let reason = Reason::new("both-kinds-of-outage-covered")
                .with("rows", declared.join(", "))
                .expected_by("criterion");
            return Look::Met { reason, shown_by: "resilience" };
        }
        let shown = items.iter().map(|item| Shown {
            label: "computed.promise".to_owned(),
            text: format!("{}: {}", item.row.id, promise_in_words(item.row)),
            source: Some(item.row.reference(item.table, "resilience")),
        });
        Look::Question { shown: shown.collect(), prejudgement: None }
    })
}

/// The kinds of outage for which something holds.
fn of_both(holds: impl Fn(&str, &'static [OutageKind]) -> bool) -> Vec<&'static str> {
    [("network", "network-outage", NETWORK), ("power", "power-outage", POWER)]
        .into_iter()
        .filter(|(_, name, kinds)| holds(name, kinds))
        .map(|(kind, ..)| kind)
        .collect()
}

/// A row with its type and the outages that it covers.
fn declared(item: &Item<'_>) -> String {
    let kind = item.row.text("type").unwrap_or("-");
    let outages: Vec<&str> = outages(item.row).iter().map(|kind| kind.as_str()).collect();
    match outages.is_empty() {
        true => format!("{} ({kind})", item.row.id),
        false => format!("{} ({kind}: {})", item.row.id, outages.join(", ")),
    }
}

/// 5.9-1-1 b: each mechanism can deliver what it guarantees. Guarantees that are said to be none, a promise for another kind of outage
/// than the row is about, and a promise that needs the peer that is away contradict that.
pub(super) fn each_can_deliver(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let guarantees = item.row.texts("security_guarantees");
        if guarantees.is_empty() {
            return Look::untold(item, "security_guarantees");
        }
        if guarantees.iter().all(|guarantee| denial(guarantee, &[]) == Denial::Wholly) {
            let reason =
                Reason::new("outage-guarantee-denied").with("row", &item.row.id).expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "security_guarantees" };
        }
        if let Some(contradiction) = contradiction(facts, item) {
            return contradiction;
        }
        let promised =
            promise(item.row).is_some_and(|promise| !promise.goes_on.is_empty() || !promise.keeps.is_empty());
        let expected = (promised && item.row.text("description").is_some()).then_some(Verdict::Pass);
        question(item, expected)
    })
}

/// A question about a row with its promise in words.
pub(in crate::tso::resilience) fn question(item: &Item<'_>, expected: Option<Verdict>) -> Look {
    Look::question(item, &["resilience"], expected).computed("computed.promise", promise_in_words(item.row))
}

/// What a promise contradicts: the type of its row, or itself.
pub(in crate::tso::resilience) fn contradiction(facts: &Facts<'_>, item: &Item<'_>) -> Option<Look> {
    let row = item.row;
    let promise = promise(row)?;
    let kind = row.text("type").unwrap_or_default();
    let of_the_type: Vec<OutageKind> = [("network", NETWORK), ("power", POWER)]
        .into_iter()
        .filter(|(name, _)| kind.contains(name))
        .flat_map(|(_, kinds)| kinds.iter().copied())
        .collect();
    if !of_the_type.is_empty()
        && !promise.outages.is_empty()
        && !promise.outages.iter().any(|outage| of_the_type.contains(outage))
    {
        let outages: Vec<&str> = promise.outages.iter().map(|outage| outage.as_str()).collect();
        let reason = Reason::new("outages-of-another-type")
            .with("row", &row.id)
            .with("type", kind)
            .with("outages", outages.join(", "))
            .expected_by("criterion");
        return Some(Look::Contradiction { reason, shown_by: "resilience" });
    }
    let needing: Vec<&str> =
        promise.goes_on.iter().filter(|id| needs_service(facts, id)).map(String::as_str).collect();
    if promise.outages.iter().any(|outage| SERVICES_AWAY.contains(outage)) && !needing.is_empty() {
        let reason = Reason::new("goes-on-without-its-peer")
            .with("row", &row.id)
            .with("services", needing.join(", "))
            .expected_by("criterion");
        return Some(Look::Contradiction { reason, shown_by: "resilience" });
    }
    None
}

/// Whether a row is reached at associated services and nowhere else.
fn needs_service(facts: &Facts<'_>, id: &str) -> bool {
    let Some((_, row)) = facts.row(id) else { return false };
    let endpoints = &row.companions.endpoint;
    !endpoints.is_empty() && endpoints.iter().all(|endpoint| is_at_service(facts, &endpoint.value))
}

fn is_at_service(facts: &Facts<'_>, endpoint: &Endpoint) -> bool {
    let mechanisms = facts.declaration.ixit.rows("com_mech").iter();
    let to_services = |row: &&Row| row.companions.associated_service.as_ref().is_some_and(|is| is.value);
    endpoint.host.is_some()
        && mechanisms
            .filter(to_services)
            .flat_map(|row| &row.companions.endpoint)
            .any(|other| (&other.value.host, other.value.port) == (&endpoint.host, endpoint.port))
}

/// The promise of a row.
pub(in crate::tso::resilience) fn promise(row: &Row) -> Option<&Resilience> {
    row.companions.resilience.as_ref().map(|promise| &promise.value)
}

fn outages(row: &Row) -> &[OutageKind] {
    promise(row).map_or(&[], |promise| &promise.outages)
}

fn covers(row: &Row, kinds: &[OutageKind]) -> bool {
    outages(row).iter().any(|outage| kinds.contains(outage))
}

fn promise_in_words(row: &Row) -> String {
    let Some(promise) = promise(row) else { return "nothing in a closed form".to_owned() };
    let list = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let words = |names: &[String]| list(names.iter().map(String::as_str).collect());
    let outages = list(promise.outages.iter().map(|outage| outage.as_str()).collect());
    let back = promise
        .recovers_seconds
        .map_or("at no named time".to_owned(), |seconds| format!("within {seconds} s"));
    format!(
        "in outages of {outages}: goes on {}; is as before {}; back {back}",
        words(&promise.goes_on),
        words(&promise.keeps)
    )
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
