//! 5.5-4-1: what the declaration says of services that are reachable over a network, of the mechanisms that protect them
//! and of who may do what.

use ixit::Row;

use crate::assisted::{Look, each_row};
use crate::authentication_guarantees as guarantees;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::mechanism;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

#[path = "rights_over_air.rs"]
mod rights_over_air;

/// 5.5-4-1 a: a service that is reachable in the initialized state references an authentication mechanism that is
/// declared.
pub(super) fn an_authentication_mechanism_is_referenced(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let named = mechanisms_of(facts, item.row);
        let shown_by = "authentication_mechanism";
        if named.is_empty() {
            return match nowhere(item.row) {
                Some(names) => Look::dangling(item, shown_by, &names),
                None => Look::Contradiction { reason: without_mechanism(item.row), shown_by },
            };
        }
        let ids: Vec<&str> = named.into_iter().map(|row| row.id.as_str()).collect();
        let reason = Reason::new("authentication-referenced")
            .with("row", &item.row.id)
            .with("mechanisms", ids.join(", "))
            .expected_by("criterion");
        Look::Met { reason, shown_by }
    })
}

/// The declared mechanisms that a service references.
pub(crate) fn mechanisms_of<'d>(facts: &Facts<'d>, service: &Row) -> Vec<&'d Row> {
    let named = service.texts("authentication_mechanism").into_iter();
    named
        .filter_map(|id| facts.row(id))
        .filter(|(table, _)| *table == "auth_mech")
        .map(|(_, row)| row)
        .collect()
}

/// What a service references although no table has it, where it references nothing else.
pub(crate) fn nowhere(service: &Row) -> Option<Vec<&str>> {
    let named = service.texts("authentication_mechanism");
    (!named.is_empty()).then_some(named)
}

/// A service that references no mechanism.
pub(crate) fn without_mechanism(service: &Row) -> Reason {
    let named = service.texts("authentication_mechanism");
    Reason::new("service-without-authentication")
        .with("row", &service.id)
        .with("named", if named.is_empty() { "-".to_owned() } else { named.join(", ") })
        .expected_by("criterion")
}

/// 5.5-4-1 b: a mechanism whose credential is the same in all devices cannot tell them apart; whether any other one
/// does, and refuses what is wrong, is for a person.
pub(super) fn subjects_are_told_apart(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let serving = serving(facts, item.row);
        let shared = serving.iter().find(|parameter| {
            let companions = &parameter.companions;
            let secret = companions.content.as_ref().is_some_and(|one| one.value.is_secret() == Some(true));
            let generator = companions.generator.as_ref().map(|generator| &generator.value);
            secret && generator.is_some_and(|generator| generator.unique_per_device == Some(false))
        });
        if let Some(parameter) = shared {
            let reason = Reason::new("credential-the-same-everywhere")
                .with("row", &item.row.id)
                .with("parameter", &parameter.id)
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "description" };
        }
        let companions = &item.row.companions;
        let generation = companions.generation.as_ref().map(|generation| &generation.value);
        let drawn = generation.is_none_or(|generation| {
            generation.inputs.iter().any(|input| matches!(input.as_str(), "random" | "per-device-secret"))
        });
        let known = companions.factor.is_some() && companions.subject.is_some();
        let prejudgement = match (known, drawn) {
            (_, false) => Some(Verdict::Fail),
            (true, true) => Some(Verdict::Pass),
            (false, true) => None,
        };
        let look = Look::question(item, &["subject", "factor", "login", "generation"], prejudgement);
        serving.into_iter().fold(look, |look, parameter| {
            let generator = parameter.companions.content().get("generator").map(ToString::to_string);
            let line = format!("{}: {}", parameter.id, generator.unwrap_or_else(|| "-".to_owned()));
            look.computed("computed.credential", line)
        })
    })
}

/// Security parameters that are the credential of a mechanism.
fn serving<'d>(facts: &Facts<'d>, mechanism: &Row) -> Vec<&'d Row> {
    let serves =
        |parameter: &&Row| parameter.companions.serves.iter().any(|served| served.value == mechanism.id);
    facts.declaration.ixit.rows("sec_param").iter().filter(serves).collect()
}

/// 5.5-4-1 c: guarantees that are missing, that the declared cryptography cannot give, and cryptography that is broken
/// contradict the criterion; whether the rest withstands attempts at compromise is for a person.
pub(super) fn the_protection_holds(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        guarantees::lacks_the_minimum(item.row)
            .or_else(|| guarantees::promises_too_much(facts, item.row))
            .or_else(|| mechanism::uses_broken_cryptography(item.row))
            .unwrap_or_else(|| guarantees::question(facts, item))
    })
}

/// 5.5-4-1 d: a change that anyone may make, and a right of a mechanism that the service does not reference, contradict
/// an authorization; whether the rights suit is for a person, who is shown who may do what.
pub(super) fn rights_are_kept(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = each_row(facts, unit, |item| {
        match services_of(facts, item.row).into_iter().find_map(|service| breach(facts, service)) {
            Some(reason) => Look::Contradiction {
                reason: reason.with("row", &item.row.id).expected_by("criterion"),
                shown_by: "description",
            },
            None => rights_over_air::all_told(item.row, &services_of(facts, item.row))
                .unwrap_or_else(|| rights(facts, item)),
        }
    });
    // What contradicts the description stands in the row of the service.
    let with_access =
        |result: ItemResult| match result.reason.args.get("service").and_then(|id| facts.row(id)) {
            Some((table, service)) => {
                let companions = &service.companions;
                let shown_by = if companions.access.is_empty() && !companions.gatt.is_empty() {
                    "gatt"
                } else {
                    "access"
                };
                result.declared(service.reference(table, shown_by))
            }
            None => result,
        };
    results.into_iter().map(with_access).collect()
}

fn services_of<'d>(facts: &Facts<'d>, mechanism: &Row) -> Vec<&'d Row> {
    let services = facts.declaration.ixit.rows("soft_serv").iter().filter(|service| !service.observed_only);
    services
        .filter(|service| service.texts("authentication_mechanism").contains(&mechanism.id.as_str()))
        .collect()
}

/// What of the declared accesses of a service contradicts an authorization.
fn breach(facts: &Facts<'_>, service: &Row) -> Option<Reason> {
    let referenced = mechanisms_of(facts, service);
    let over_air = service
        .companions
        .gatt
        .iter()
        .find_map(|gatt| rights_over_air::breach(&gatt.value, service, &referenced));
    over_air.or_else(|| breach_over_ip(service, &referenced))
}

fn breach_over_ip(service: &Row, referenced: &[&Row]) -> Option<Reason> {
    service.companions.access.iter().find_map(|access| {
        let access = &access.value;
        let told = |code: &str, who: &str| {
            Reason::new(code)
                .with("service", &service.id)
                .with("access", format!("{} {}", access.method, access.target))
                .with("who", who)
        };
        if access.changes && access.who.iter().any(|who| who == "anyone") {
            return Some(told("change-open-to-anyone", "anyone"));
        }
        let stranger = access.who.iter().find(|who| {
            let id = who.split('/').next().unwrap_or(who);
            id != "anyone" && referenced.iter().all(|mechanism| mechanism.id != id)
        })?;
        Some(told("right-without-reference", stranger))
    })
}

/// Who may do what at the services that a mechanism protects.
fn rights(facts: &Facts<'_>, item: &Item<'_>) -> Look {
    let mut shown = Vec::new();
    let mut admitted = false;
    let mut told = false;
    for service in services_of(facts, item.row) {
        for gatt in service.companions.gatt.iter().map(|gatt| &gatt.value) {
            told = true;
            admitted |= rights_over_air::whoever(gatt).any(|who| *who == item.row.id);
            shown.push(rights_over_air::shown(service, gatt));
        }
        for access in &service.companions.access {
            let access = &access.value;
            told = true;
            admitted |= access.who.iter().any(|who| who.split('/').next() == Some(item.row.id.as_str()));
            let changes = if access.changes { ", changes something" } else { "" };
            let who = access.who.join(", ");
            shown.push(Shown {
                label: "computed.right".to_owned(),
                text: format!("{}: {} {}: {who}{changes}", service.id, access.method, access.target),
                source: Some(service.reference("soft_serv", "access")),
            });
        }
    }
    // A mechanism that opens nothing admits nobody.
    let prejudgement = match (told, admitted) {
        (true, true) => Some(Verdict::Pass),
        _ => None,
    };
    Look::Question { shown, prejudgement }
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
