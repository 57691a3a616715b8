//! 5.6-3: physical interfaces that need no exposure are not exposed, and radio is off where it is not needed.

#[path = "physical_interfaces/declared.rs"]
mod declared;

use std::collections::BTreeMap;

use ixit::Blame;
use ixit::companion::Exposure;
use probes::probe::tcp_sweep::PortInventory;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-3.
pub static GROUP: Group = Group {
    id: "5.6-3",
    judges: &[
        Judge {
            unit: "5.6-3-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::casing_protects_what_needs_no_exposure,
        },
        Judge {
            unit: "5.6-3-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::unneeded_air_interface_is_disabled,
        },
        Judge {
            unit: "5.6-3-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::disabled_while_not_needed,
        },
        Judge {
            unit: "5.6-3-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &[],
            judge: what_is_exposed_is_declared,
        },
        Judge {
            unit: "5.6-3-2:b",
            by: By::Assisted,
            machine_can: &[],
            needs: &[],
            judge: what_needs_no_exposure_is_protected,
        },
        Judge {
            unit: "5.6-3-2:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &["tcp-sweep"],
            judge: radio_is_as_declared,
        },
        Judge {
            unit: "5.6-3-2:d",
            by: By::Assisted,
            machine_can: &[],
            needs: &["tcp-sweep"],
            judge: off_while_not_needed,
        },
    ],
};

/// 5.6-3-2 a: found on the casing and declared are the same. Asked once, as it is about what is found; the difference
/// is computed from the notes.
fn what_is_exposed_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut question = Question { by: By::Assisted, ..Question::on(unit, "-") };
    question.blame = Blame::DeviceOrDocumentation;
    let physical = selected.items.iter().filter(|item| item.row.texts("type").contains(&"physical"));
    for item in physical {
        question.shown.push(Shown {
            label: item.row.id.clone(),
            text: item.row.text("description").unwrap_or("-").to_owned(),
            source: Some(item.row.reference(item.table, "description")),
        });
        question.shown.extend(assisted::companions(item, &["exposure"]));
    }
    let result = facts.ask(question);
    let found = outcome::entries(&result, "ports");
    let undeclared = outcome::undeclared(facts, found, "intf", "what");
    if !undeclared.is_empty() {
        let args = [("found", undeclared.join(", ")), ("table", "intf".to_owned())];
        return vec![outcome::fail(result, "found-not-declared", Blame::DeviceOrDocumentation, &args)];
    }
    let exposed: Vec<String> = found
        .iter()
        .filter(|entry| entry.text("side") != "under-cover")
        .filter(|entry| {
            facts.row(entry.text("row")).is_some_and(|(_, row)| {
                row.companions.exposure.as_ref().is_some_and(|exposure| exposure.value == Exposure::Never)
            })
        })
        .map(|entry| entry.text("row").to_owned())
        .collect();
    if !exposed.is_empty() {
        let args = [("found", exposed.join(", "))];
        return vec![outcome::fail(
            result,
            "exposed-though-never-required",
            Blame::DeviceOrDocumentation,
            &args,
        )];
    }
    vec![match unequal_counts(&result) {
        Some(found) => outcome::doubt(result, "notes-contradict", &[("found", found)]),
        None => result,
    }]
}

/// A side on which another number of interfaces was counted than was listed.
fn unequal_counts(result: &ItemResult) -> Option<String> {
    let mut listed: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in outcome::entries(result, "ports") {
        *listed.entry(entry.text("side")).or_default() += 1;
    }
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in outcome::entries(result, "sides") {
        *counted.entry(entry.text("side")).or_default() += entry.number("ports").unwrap_or(0);
    }
    let sides: std::collections::BTreeSet<&str> = listed.keys().chain(counted.keys()).copied().collect();
    sides.into_iter().find_map(|side| {
        let (counted, listed) = (counted.get(side).unwrap_or(&0), listed.get(side).unwrap_or(&0));
        (counted != listed).then(|| format!("{side}: {counted} counted, {listed} listed"))
    })
}

/// 5.6-3-2 b: an interface that needs no exposure is behind something.
fn what_needs_no_exposure_is_protected(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item| {
        let shown = assisted::companions(item, &["exposure"]);
        let result = assisted::ask_about(facts, unit, item, shown, None);
        if outcome::word(&result, "protection") == "none" {
            return outcome::fail(
                result,
                "nothing-protects-it",
                Blame::Device,
                &[("row", item.row.id.clone())],
            );
        }
        result
    })
}

/// 5.6-3-2 c: on or off as declared.
fn radio_is_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let open = open_ports(facts);
    each(facts, unit, |item| {
        let result = assisted::ask_about(facts, unit, item, open.clone(), None);
        let declared = item.row.text("status").unwrap_or_default().to_owned();
        let seen = outcome::word(&result, "seen").to_owned();
        let differs = matches!((declared.as_str(), seen.as_str()), ("disabled", "on") | ("enabled", "off"));
        if !differs {
            return result;
        }
        let args = [("row", item.row.id.clone()), ("declared", declared), ("found", seen)];
        outcome::fail(result, "status-differs", Blame::DeviceOrDocumentation, &args)
    })
}

/// 5.6-3-2 d: off while it is not needed.
fn off_while_not_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let open = open_ports(facts);
    each(facts, unit, |item| {
        let mut shown = assisted::companions(item, &["exposure", "status_in"]);
        shown.extend(open.clone());
        let result = assisted::ask_about(facts, unit, item, shown, None);
        match (outcome::word(&result, "while_needed"), outcome::word(&result, "while_not_needed")) {
            (_, "on") => {
                outcome::fail(result, "on-while-not-needed", Blame::Device, &[("row", item.row.id.clone())])
            }
            // Never seen on, so that off shows nothing.
            ("off", _) => {
                let found = "it was not seen to be on while it is needed".to_owned();
                outcome::doubt(result, "notes-contradict", &[("found", found)])
            }
            _ => result,
        }
    })
}

fn each(facts: &Facts<'_>, unit: &Unit, judge: impl Fn(&Item<'_>) -> ItemResult) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    match empty_selection(unit, &selected.emptiness) {
        Some(result) => vec![result],
        None => selected.items.iter().map(judge).collect(),
    }
}

/// Open ports by state: what was open during the set-up and is closed afterwards is seen there.
fn open_ports(facts: &Facts<'_>) -> Vec<Shown> {
    facts
        .results::<PortInventory>("tcp-sweep")
        .into_iter()
        .map(|(recorded, inventory)| {
            let ports: Vec<String> = inventory.open.iter().take(40).map(ToString::to_string).collect();
            let ports = if ports.is_empty() { "-".to_owned() } else { ports.join(", ") };
            let state = &recorded.observation.context.state;
            Shown {
                label: "observed.tcp-sweep".to_owned(),
                text: format!("{state}, {}: TCP {ports}", recorded.sample()),
                source: Some(recorded.reference.clone()),
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "physical_interfaces/tests.rs"]
mod tests;
