//! 5.1-5: guessing over the network is impracticable, and the declared defence is there.

use ixit::companion::BruteForce;
use ixit::{Blame, Row};
use probes::Effort;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::completeness::radio_not_scanned;
use crate::facts::Facts;
use crate::inventory::{Inventory, disagreements, inventories, minimum_ports, required_states};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::logins::{Attribution, FoundLogin, found};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

#[path = "brute_force/reaction.rs"]
mod reaction;

/// 5.1-5.
pub static GROUP: Group = Group {
    id: "5.1-5",
    judges: &[
        Judge {
            unit: "5.1-5-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_declared_defence_makes_guessing_impracticable,
        },
        Judge {
            unit: "5.1-5-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "identify"],
            judge: every_network_authentication_found_is_declared,
        },
        Judge {
            unit: "5.1-5-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["http-login", "network-login", "found-login", "identify"],
            judge: reaction::the_device_defends_itself_as_declared,
        },
    ],
};

/// 5.1-5-1 a: a mechanism reachable over the network has a declared defence; whether it makes guessing
/// impracticable is for a person, who is shown the guesses that it lets through.
fn the_declared_defence_makes_guessing_impracticable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let defence = item.row.companions.brute_force.as_ref().map(|defence| &defence.value);
        match defence {
            None if !says_something(item.row.text("brute_force_prevention")) => Look::Contradiction {
                reason: Reason::new("no-defence-declared").with("row", &item.row.id).expected_by("criterion"),
                shown_by: "brute_force_prevention",
            },
            None => Look::question(item, &[], None),
            Some(defence) => with_arithmetic(item, defence),
        }
    })
}

fn says_something(text: Option<&str>) -> bool {
    let nothing = ["none", "no", "nothing", "not implemented", "なし", "無し", "該当なし", "未実装"];
    text.is_some_and(|text| {
        !nothing.contains(&text.trim().trim_end_matches(['.', '。']).to_lowercase().as_str())
    })
}

fn with_arithmetic(item: &Item<'_>, defence: &BruteForce) -> Look {
    let mut look = Look::question(item, &["brute_force", "generation"], None);
    let Some(per_day) = guesses_per_day(defence) else { return look };
    look = look.computed("computed.guesses_per_day", format!("{per_day:.0}"));
    let generation = item.row.companions.generation.as_ref().map(|generation| &generation.value);
    if let Some((length, alphabet)) =
        generation.and_then(|generation| Some((generation.length?, generation.alphabet_size?)))
    {
        let years = f64::from(alphabet).powf(f64::from(length)) / 2.0 / per_day / 365.25;
        look = look.computed(
            "computed.years_to_half_of_the_values",
            format!("{alphabet}^{length} / 2 / {per_day:.0} a day = {years:.1e} years"),
        );
    }
    look
}

/// Guesses that a defence lets through in a day, with answers that take no time; `None` if it names no
/// limit.
fn guesses_per_day(defence: &BruteForce) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    let delay = f64::from(defence.delay_seconds.unwrap_or(0));
    let round = match (defence.failures, defence.lockout_seconds) {
        (Some(failures), Some(lockout)) => {
            let failures = f64::from(failures.max(1));
            (failures, f64::from(lockout) + failures * delay)
        }
        _ => (1.0, delay),
    };
    (round.1 > 0.0).then(|| round.0 * DAY / round.1)
}

/// 5.1-5-2 a: every way to authenticate that showed itself on the network is in the IXIT.
fn every_network_authentication_found_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = inventories(facts, &required_states(facts, unit))
        .iter()
        .flat_map(|inventory| of_one_state(facts, unit, inventory))
        .collect();
    for table in ["intf", "auth_mech"] {
        let air = |row: &&Row| {
            row.companions.is_air.as_ref().is_some_and(|air| air.value) || !row.companions.gatt.is_empty()
        };
        let rows = facts.declaration.ixit.rows(table).iter().filter(air);
        results.extend(rows.map(|row| radio_not_scanned(table, row)));
    }
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
