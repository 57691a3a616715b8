//! 5.1-1: outside factory default every password is unique to the device or chosen by the user.

use ixit::{Blame, Row, TableContent};

use crate::assisted::{Look, ask, each_row};
use crate::bluetooth::asked_for;
use crate::bluetooth::pairing::{self, found, passkeys};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{Inventory, OpenPort, inventories, minimum_ports, required_states};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::label_passwords;
use crate::logins::{Attribution, CommonTrial, common_credentials, found, merged};
use crate::password_strength::{declared, is_random_alone, of_generation, policy, success};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

#[path = "unique_passwords/set_up.rs"]
mod set_up;

/// 5.1-1.
pub static GROUP: Group = Group {
    id: "5.1-1",
    judges: &[
        Judge {
            unit: "5.1-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_generator_gives_each_device_its_own_password,
        },
        Judge {
            unit: "5.1-1-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "identify", "ble-pairing"],
            judge: every_password_mechanism_found_is_declared,
        },
        Judge {
            unit: "5.1-1-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["password-setup", "chosen-credential"],
            judge: set_up::an_own_password_is_needed_before_use,
        },
        Judge {
            unit: "5.1-1-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["label-password", "http-login", "network-login", "found-login", "ble-pairing"],
            judge: the_passwords_agree_with_the_generator,
        },
    ],
};

/// Inputs that are the same for many devices.
const SHARED_INPUTS: &[&str] = &["constant", "model", "date"];

/// 5.1-1-1 a: a generator without any input of the single device gives many devices the same password; chance alone
/// gives each its own, where it leaves so many values that hardly one comes up twice among the units of a class. Whether
/// what is made of serial numbers, addresses or secrets differs from unit to unit is for a person, as is chance out of
/// few values.
/// What is drawn anew for each pairing is no password of a device at all.
fn the_generator_gives_each_device_its_own_password(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let policy = policy();
    each_row(facts, unit, |item| {
        let Some(generation) = &item.row.companions.generation else {
            return Look::question(item, &[], None);
        };
        let generation = &generation.value;
        let inputs = &generation.inputs;
        if inputs.is_empty() {
            return Look::question(item, &["generation"], None);
        }
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("inputs", inputs.join(", "))
                .with("devices", declared::number(policy.devices))
        };
        if inputs.iter().all(|input| SHARED_INPUTS.contains(&input.as_str())) {
            return Look::Contradiction {
                reason: reason("password-not-unique").expected_by("criterion"),
                shown_by: "generation",
            };
        }
        // Digits that serve for one pairing and never again are on no other device, however few there are of them.
        if pairing::is_drawn_each_time(item.row) && is_random_alone(generation) {
            let reason = reason("passkey-drawn-for-each-pairing").expected_by("criterion");
            return Look::Met { reason, shown_by: "generation" };
        }
        // That a password comes up again among so many other units is as likely as a hit with one guess for each.
        let drawn = of_generation(generation, policy).filter(|_| is_random_alone(generation));
        let Some(drawn) = drawn else { return Look::question(item, &["generation"], Some(Verdict::Pass)) };
        let again = success(drawn.least, policy.devices);
        let values = declared::values_in_words(drawn);
        if again < policy.highest_success {
            let reason =
                reason("password-drawn-for-each-device").with("values", values).expected_by(policy::FILE);
            return Look::Met { reason, shown_by: "generation" };
        }
        Look::question(item, &["generation"], Some(Verdict::Fail)).computed("computed.values", values)
    })
}

/// 5.1-1-2 a: what asks for a password on the network is in the IXIT, and every interface that a search of the
/// network does not reach is declared to take none. Where one may take some, a person searches it, and is shown
/// what was found.
fn every_password_mechanism_found_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut failed = Vec::new();
    let mut shown = Vec::new();
    let mut complete = true;
    let mut certain = true;
    let inventories = inventories(facts, &required_states(facts, unit));
    for inventory in &inventories {
        let mut lines = Vec::new();
        for login in found(inventory).iter().filter(|login| login.offer.password) {
            let attribution = login.attribution(facts.declaration);
            lines.push(match &attribution {
                Attribution::Declared(rows) => format!("{}: {}", login.line(), rows.join(", ")),
                Attribution::Perhaps(rows) | Attribution::KindNotSaid(rows) => {
                    format!("{}: perhaps {}", login.line(), rows.join(", "))
                }
                Attribution::Undeclared => format!("{}: not declared", login.line()),
            });
            // What may authenticate without a password is for the person, who sees it among what was found.
            if attribution == Attribution::Undeclared && login.offer.certain {
                failed.push(login.undeclared(inventory, "undeclared-password-mechanism"));
            } else {
                certain &= matches!(attribution, Attribution::Declared(_));
            }
        }
        complete &= shortfall(inventory, unit).is_none();
        shown.push(search(inventory, &lines, unit));
    }
    let beside = BesideTheNetwork::of(facts.declaration);
    let over_the_air = found_over_the_air(facts, unit);
    if certain && beside.to_be_searched.is_empty() {
        let on_the_network: Vec<ItemResult> = if failed.is_empty() {
            inventories.iter().flat_map(|inventory| searched(inventory, unit, &beside)).collect()
        } else {
            failed
        };
        return on_the_network.into_iter().chain(over_the_air).collect();
    }
    shown.extend(beside.to_be_searched);
    shown.extend(declared_rows(facts));
    let prejudgement =
        if failed.is_empty() { (complete && certain).then_some(Verdict::Pass) } else { Some(Verdict::Fail) };
    let mut results = merged(vec![ask(facts, unit, "-", shown, prejudgement)], failed);
    results.extend(over_the_air);
    results
}

/// What pairing asks for over Bluetooth LE is what its row declares. Whether a pairing that nobody declared asks for a
/// password shows only when somebody pairs.
fn found_over_the_air(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows("auth_mech").iter().filter(|row| !row.observed_only);
    let declared = rows.flat_map(|row| found::what_is_found_is_declared(facts, "auth_mech", row));
    let undeclared = asked_for::undeclared_pairing(facts, unit).into_iter();
    let open = |result| ItemResult { verdict: Verdict::Inconclusive, ..result };
    declared.chain(undeclared.map(open)).collect()
}

/// PASS where the search of one state was complete and every port was recognized; INCONCLUSIVE with what it lacks.
fn searched(inventory: &Inventory<'_>, unit: &Unit, beside: &BesideTheNetwork) -> Vec<ItemResult> {
    let lacking = inventory
        .shortfall_of_search(minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification());
    if let Some(lacking) = lacking {
        return vec![inventory.place(lacking.result("-"))];
    }
    let unrecognized: Vec<ItemResult> = inventory
        .ports
        .iter()
        .filter(|port| port.application() == "unknown")
        .map(|port| inventory.place(may_ask_for_a_password(port)))
        .collect();
    if !unrecognized.is_empty() {
        return unrecognized;
    }
    let logins = found(inventory);
    let logins: Vec<String> = logins
        .iter()
        .filter(|login| login.offer.password)
        .map(|login| format!("{} at {}", login.offer.kind, login.item))
        .collect();
    let listed = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let reason = Reason::new("every-password-mechanism-declared")
        .with("found", listed(&logins))
        .with("ports", inventory.ports.len())
        .with("left_out", listed(&beside.taking_none))
        .expected_by("declaration:ixit.toml#auth_mech");
    let mut pass = ItemResult::machine("-", Verdict::Pass, RestsOn::Observed, reason);
    pass.evidence = inventory.evidence();
    pass.evidence.extend(found(inventory).iter().map(|login| login.recorded.at(&login.item)));
    pass.effort = Some(inventory.effort());
    for reference in &beside.references {
        pass = pass.declared(reference.clone());
    }
    vec![inventory.place(pass)]
}

/// A port whose protocol nobody knows is no proof that nothing asks for a password there.
fn may_ask_for_a_password(port: &OpenPort<'_>) -> ItemResult {
    let reason = Reason::new("service-not-identified").with("item", port.item());
    let mut result =
        ItemResult::machine(&port.item(), Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab);
    result.evidence = port.evidence();
    result
}

/// Interfaces that a search of the network does not reach.
struct BesideTheNetwork {
    /// Those that are declared to take no passwords.
    taking_none: Vec<String>,
    /// Where that is declared.
    references: Vec<String>,
    /// Those that may take some, as shown to a person.
    to_be_searched: Vec<Shown>,
}

impl BesideTheNetwork {
    fn of(declaration: &ixit::Declaration) -> Self {
        let mut beside = Self { taking_none: Vec::new(), references: Vec::new(), to_be_searched: Vec::new() };
        for table in ["intf", "user_intf"] {
            let rows = declaration.ixit.rows(table);
            if rows.is_empty() && !matches!(declaration.ixit.tables.get(table), Some(TableContent::Empty(_)))
            {
                beside.to_be_searched.push(Shown {
                    label: table.to_owned(),
                    text: "the declaration names none, and does not say that there are none".to_owned(),
                    source: None,
                });
            }
            for row in rows.iter().filter(|row| row.observed_only || in_use(table, row)) {
                if !row.observed_only && reached_over_the_network(table, row) {
                    continue;
                }
                // The pairings of strangers look behind it.
                if !row.observed_only && found::is_the_air_of_a_pairing(declaration, table, row) {
                    continue;
                }
                let takes = row.companions.takes_passwords.as_ref().map(|takes| takes.value);
                if takes == Some(false) && !row.observed_only {
                    beside.taking_none.push(row.id.clone());
                    beside.references.push(row.reference(table, "takes_passwords"));
                } else {
                    beside.to_be_searched.push(Shown {
                        label: row.id.clone(),
                        text: row.text("description").unwrap_or_default().to_owned(),
                        source: Some(row.reference(table, "description")),
                    });
                }
            }
        }
        beside
    }
}

/// Not switched off in every state.
fn in_use(table: &str, row: &Row) -> bool {
    let enabled_somewhere = row.companions.status_in.values().any(|status| status.value == "enabled");
    table != "intf" || row.text("status") != Some("disabled") || enabled_somewhere
}

/// A search of the network over IP looks behind it. Radio is another matter.
fn reached_over_the_network(table: &str, row: &Row) -> bool {
    let companions = &row.companions;
    let air = companions.is_air.as_ref().is_some_and(|air| air.value) || !companions.gatt.is_empty();
    let own_endpoint = companions.endpoint.iter().any(|endpoint| endpoint.value.host.is_none());
    !air && (own_endpoint || table == "intf" && row.texts("type").contains(&"network"))
}

fn shortfall(inventory: &Inventory<'_>, unit: &Unit) -> Option<String> {
    inventory
        .shortfall_of_search(minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification())
        .map(|shortfall| shortfall.reason.code)
}

/// What the search of one state found, and what it lacks.
fn search(inventory: &Inventory<'_>, found: &[String], unit: &Unit) -> Shown {
    let mut text = if found.is_empty() { "no password mechanism found".to_owned() } else { found.join("; ") };
    if let Some(code) = shortfall(inventory, unit) {
        text.push_str("; the search is not complete: ");
        text.push_str(&code);
    }
    Shown {
        label: format!("observed.{}", inventory.state.as_str()),
        text,
        source: inventory.evidence().into_iter().next().map(|evidence| evidence.reference),
    }
}

fn declared_rows(facts: &Facts<'_>) -> Vec<Shown> {
    let rows = facts.declaration.ixit.rows("auth_mech").iter();
    rows.map(|row| Shown {
        label: row.id.clone(),
        text: row.text("description").unwrap_or_default().to_owned(),
        source: Some(row.reference("auth_mech", "description")),
    })
    .collect()
}

/// 5.1-1-2 c: nothing that the labels of several samples show contradicts the declared generator, and outside
/// factory default no login takes a common credential. A password that nobody set shows itself at any login, so
/// every login that was tried counts, whatever its row says of the password.
fn the_passwords_agree_with_the_generator(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let tried: Vec<_> = common_credentials(facts)
        .into_iter()
        .filter(|trial| trial.recorded.state() != Some(DutState::FactoryDefault))
        .collect();
    let shown = |row: &str| tried.iter().filter(|trial| trial.row == row).map(CommonTrial::shown).collect();
    let rows = label_passwords::agree_with_the_generator(facts, unit, shown);
    let mut failed: Vec<ItemResult> = tried.iter().filter_map(|trial| trial.accepted()).collect();
    failed.extend(common_passkeys(facts));
    // An empty selection is contradicted by a password that was found.
    let rows = if failed.is_empty() { rows } else { rows.into_iter().filter(|row| !row.vacuous).collect() };
    merged(rows, failed)
}

/// Passkeys of pairings over Bluetooth LE that let everybody in, whatever their row says of them.
fn common_passkeys(facts: &Facts<'_>) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows("auth_mech").iter().filter(|row| !row.observed_only);
    let drawn = |row: &&Row| !pairing::is_drawn_each_time(row);
    let items = rows.filter(drawn).map(|row| Item { table: "auth_mech", row, unclassified: false });
    let results = items.flat_map(|item| passkeys::none_is_a_default(facts, &item));
    results.filter(|result| result.verdict == Verdict::Fail).collect()
}

#[cfg(test)]
#[path = "unique_passwords/tests.rs"]
mod tests;
