//! 5.1-5: guessing over the network is impracticable, and the declared defence is there.

use ixit::{Blame, Row};
use probes::Effort;

use crate::bluetooth::pairing::found as pairing;
use crate::catalogue::Unit;
use crate::completeness::radio_not_scanned;
use crate::facts::Facts;
use crate::inventory::{Inventory, disagreements, inventories, minimum_ports, required_states};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::logins::{Attribution, FoundLogin, found};
use crate::reason::Reason;
use crate::verdict::Verdict;

#[path = "brute_force/guessing.rs"]
mod guessing;
#[path = "brute_force/reaction.rs"]
mod reaction;

/// 5.1-5.
pub static GROUP: Group = Group {
    id: "5.1-5",
    judges: &[
        Judge {
            unit: "5.1-5-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: guessing::the_declared_defence_makes_guessing_impracticable,
        },
        Judge {
            unit: "5.1-5-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "identify", "ble-surface", "ble-pairing"],
            judge: every_network_authentication_found_is_declared,
        },
        Judge {
            unit: "5.1-5-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["http-login", "network-login", "found-login", "identify", "ble-pairing"],
            judge: reaction::the_device_defends_itself_as_declared,
        },
    ],
};

/// 5.1-5-2 a: every way to authenticate that showed itself on the network is in the IXIT.
fn every_network_authentication_found_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = inventories(facts, &required_states(facts, unit))
        .iter()
        .flat_map(|inventory| of_one_state(facts, unit, inventory))
        .collect();
    for table in ["intf", "auth_mech"] {
        let air = |row: &&Row| {
            let companions = &row.companions;
            let air = companions.is_air.as_ref().is_some_and(|air| air.value);
            air || !companions.gatt.is_empty() || companions.pairing.is_some()
        };
        let rows = facts.declaration.ixit.rows(table).iter().filter(air);
        results.extend(rows.flat_map(|row| {
            let found = pairing::what_is_found_is_declared(facts, table, row);
            if found.is_empty() { vec![radio_not_scanned(table, row)] } else { found }
        }));
    }
    results.extend(crate::bluetooth::asked_for::undeclared_pairing(facts, unit));
    results
}

fn of_one_state(facts: &Facts<'_>, unit: &Unit, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let logins = found(inventory);
    // A port that another tool saw open may ask for a password.
    let mut results = disagreements(facts, inventory);
    for login in &logins {
        match login.attribution(facts.declaration) {
            Attribution::Declared(_) => {}
            Attribution::Undeclared => {
                results.push(login.undeclared(inventory, "undeclared-authentication-mechanism"));
            }
            Attribution::Perhaps(rows) => results.push(perhaps(login, "row-without-endpoint", &rows)),
            Attribution::KindNotSaid(rows) => results.push(perhaps(login, "row-without-login-kind", &rows)),
        }
    }
    for port in
        inventory.ports.iter().filter(|port| port.application() == "unknown" && port.identity.is_some())
    {
        let mut result = open(&port.item(), Reason::new("service-not-identified").with("item", port.item()));
        result.evidence = port.evidence();
        results.push(result);
    }
    for asked in inventory.services.iter().filter(|asked| asked.service.service == "snmp") {
        if asked.service.state == probes::probe::udp_services::UdpState::Silent {
            let reason = Reason::new("udp-silent")
                .with("item", asked.item())
                .with("service", &asked.service.service)
                .with("sent", asked.service.sent);
            results.push(open(&asked.item(), reason).evidence(asked.seen.at(asked.item())));
        }
    }
    let shortfall = inventory
        .shortfall_of_search(minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification());
    if let Some(shortfall) = shortfall {
        results.push(shortfall.result("-"));
    } else if results.is_empty() {
        let lines: Vec<String> =
            logins.iter().map(|login| format!("{} at {}", login.offer.kind, login.item)).collect();
        let lines = if lines.is_empty() { "none".to_owned() } else { lines.join(", ") };
        let reason = Reason::new("every-authentication-declared")
            .with("found", lines)
            .with("ports", inventory.ports.len())
            .with("paths", paths_asked(inventory))
            .expected_by("declaration:ixit.toml#auth_mech");
        let mut pass = ItemResult::machine("-", Verdict::Pass, RestsOn::Observed, reason);
        pass.evidence = inventory.evidence();
        pass.evidence.extend(logins.iter().map(|login| login.recorded.at(&login.item)));
        pass.effort = Some(effort_with_identification(inventory));
        results.push(pass);
    }
    results.into_iter().map(|result| inventory.place(result)).collect()
}

/// A login that a row may declare; the row does not say enough.
fn perhaps(login: &FoundLogin<'_>, code: &str, rows: &[String]) -> ItemResult {
    let reason = Reason::new(code).with("rows", rows.join(", ")).with("found", login.line());
    open(&login.item, reason).blame(Blame::Documentation).evidence(login.recorded.at(&login.item))
}

/// Paths at which the web servers of all ports were asked for a login.
fn paths_asked(inventory: &Inventory<'_>) -> usize {
    inventory.ports.iter().filter_map(|port| port.identity.as_ref()).map(|(_, seen)| seen.paths.len()).sum()
}

/// What was asked of the services beside the search for them: no login elsewhere is claimed to be absent.
fn effort_with_identification(inventory: &Inventory<'_>) -> Effort {
    let mut effort = inventory.effort();
    for (recorded, _) in inventory.ports.iter().filter_map(|port| port.identity.as_ref()) {
        let asked = &recorded.observation.effort;
        effort.seconds += asked.seconds;
        if !asked.what.is_empty() {
            effort.what.push_str("; ");
            effort.what.push_str(&asked.what);
        }
    }
    effort
}

fn open(item: &str, reason: Reason) -> ItemResult {
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

#[cfg(test)]
#[path = "brute_force/tests.rs"]
mod tests;
