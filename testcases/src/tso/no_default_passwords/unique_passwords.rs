//! 5.1-1: outside factory default every password is unique to the device or chosen by the user.

use crate::assisted::{Look, ask, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{Inventory, inventories, minimum_ports, required_states};
use crate::judge::{By, Group, ItemResult, Judge};
use crate::logins::{Attribution, common_credentials, found, merged};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// 5.1-1.
pub static GROUP: Group = Group {
    id: "5.1-1",
    judges: &[
        Judge {
            unit: "5.1-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_generator_gives_each_device_its_own_password,
        },
        Judge {
            unit: "5.1-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "identify"],
            judge: every_password_mechanism_found_is_declared,
        },
        Judge {
            unit: "5.1-1-2:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["http-login"],
            judge: the_passwords_agree_with_the_generator,
        },
    ],
};

/// Inputs that are the same for many devices.
const SHARED_INPUTS: &[&str] = &["constant", "model", "date"];

/// 5.1-1-1 a: a generator without any input of the single device gives many devices the same password.
fn the_generator_gives_each_device_its_own_password(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let Some(generation) = &item.row.companions.generation else {
            return Look::question(item, &[], None);
        };
        let inputs = &generation.value.inputs;
        if inputs.is_empty() {
            return Look::question(item, &["generation"], None);
        }
        if inputs.iter().all(|input| SHARED_INPUTS.contains(&input.as_str())) {
            return Look::Contradiction {
                reason: Reason::new("password-not-unique")
                    .with("row", &item.row.id)
                    .with("inputs", inputs.join(", "))
                    .expected_by("criterion"),
                shown_by: "generation",
            };
        }
        Look::question(item, &["generation"], Some(Verdict::Pass))
    })
}

/// 5.1-1-2 a: what asks for a password on the network is in the IXIT. The manual, and interfaces that no
/// probe reaches, are searched by a person, who sees what was found.
fn every_password_mechanism_found_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut failed = Vec::new();
    let mut shown = Vec::new();
    let mut complete = true;
    for inventory in inventories(facts, &required_states(facts, unit)) {
        let mut lines = Vec::new();
        for login in found(&inventory).iter().filter(|login| login.offer.password) {
            let attribution = login.attribution(facts.declaration);
            lines.push(match &attribution {
                Attribution::Declared(rows) => format!("{}: {}", login.line(), rows.join(", ")),
                Attribution::Perhaps(rows) | Attribution::KindNotSaid(rows) => {
                    format!("{}: perhaps {}", login.line(), rows.join(", "))
                }
                Attribution::Undeclared => format!("{}: not declared", login.line()),
            });
            complete &= matches!(attribution, Attribution::Declared(_));
            // What may authenticate without a password is for the person, who sees it among what was found.
            if attribution == Attribution::Undeclared && login.offer.certain {
                failed.push(login.undeclared(&inventory, "undeclared-password-mechanism"));
            }
        }
        complete &= shortfall(&inventory, unit).is_none();
        shown.push(search(&inventory, &lines, unit));
    }
    shown.extend(declared_rows(facts));
    let prejudgement =
        if failed.is_empty() { complete.then_some(Verdict::Pass) } else { Some(Verdict::Fail) };
    merged(vec![ask(facts, unit, "-", shown, prejudgement)], failed)
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

/// 5.1-1-2 c: outside factory default no login takes a common credential; the labels and set-up screens
/// are compared by a person. A password that nobody set shows itself at any login, so every login that was
/// tried counts, whatever its row says of the password.
fn the_passwords_agree_with_the_generator(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let tried: Vec<_> = common_credentials(facts)
        .into_iter()
        .filter(|trial| trial.recorded.state() != Some(DutState::FactoryDefault))
        .collect();
    let rows = each_row(facts, unit, |item| {
        let mut look = Look::question(item, &["generation"], None);
        if let Look::Question { shown, .. } = &mut look {
            shown.extend(tried.iter().filter(|trial| trial.row == item.row.id).map(|trial| trial.shown()));
        }
        look
    });
    let failed: Vec<ItemResult> = tried.iter().filter_map(|trial| trial.accepted()).collect();
    // An empty selection is contradicted by a password that was found.
    let rows = if failed.is_empty() { rows } else { rows.into_iter().filter(|row| !row.vacuous).collect() };
    merged(rows, failed)
}

#[cfg(test)]
#[path = "unique_passwords/tests.rs"]
mod tests;
