//! 5.9-1: resilience against outages of network and power is built in.
//!
//! 5.9-1-2 cuts and gives back what the row says that it covers, and compares what goes on, how soon the device is
//! back and what it is like then with the promise of the row. Without the promise as a companion a person decides on
//! what was seen.

use ixit::Blame;
use ixit::companion::OutageKind;

use crate::assessor::{ask_each, empty_selection};
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::outage_seen::{self, NETWORK, POWER, Promise, Scope};
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;

/// 5.9-1.
pub static GROUP: Group = Group {
    id: "5.9-1",
    judges: &[
        Judge {
            unit: "5.9-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: both_kinds_are_covered,
        },
        Judge {
            unit: "5.9-1-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["interruption"],
            judge: network_outages_go_as_declared,
        },
        Judge {
            unit: "5.9-1-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["interruption"],
            judge: power_outages_go_as_declared,
        },
    ],
};

/// 5.9-1-1 a: the mechanisms together protect against both kinds of outage. A kind without any row is a shown
/// contradiction; whether the guarantees protect is for a person to say.
pub(super) fn both_kinds_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let covers = |name: &str| {
        let mut rows = selected.items.iter();
        rows.any(|item| item.unclassified || item.row.text("type").is_none())
            || !selection::rows(facts.declaration, "res_mech", Some(name)).items.is_empty()
    };
    let lacking: Vec<&str> = [("network", "network-outage"), ("power", "power-outage")]
        .into_iter()
        .filter(|(_, name)| !covers(name))
        .map(|(kind, _)| kind)
        .collect();
    if lacking.is_empty() {
        return ask_each(facts, unit);
    }
    let rows: Vec<String> = selected
        .items
        .iter()
        .map(|item| format!("{} ({})", item.row.id, item.row.text("type").unwrap_or("-")))
        .collect();
    let reason = Reason::new("outage-not-covered")
        .with("lacking", lacking.join(", "))
        .with("rows", rows.join(", "))
        .expected_by("criterion");
    let mut result = ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason)
        .blame(Blame::DeviceOrDocumentation);
    for item in &selected.items {
        result = result.declared(item.row.reference(item.table, "type"));
    }
    vec![result]
}

/// 5.9-1-2 a: in outages of the network each mechanism does what is declared.
fn network_outages_go_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_mechanism(facts, unit, NETWORK)
}

/// 5.9-1-2 b: in outages of power each mechanism does what is declared.
fn power_outages_go_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_mechanism(facts, unit, POWER)
}

fn each_mechanism(facts: &Facts<'_>, unit: &Unit, kinds: &'static [OutageKind]) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    for item in &selected.items {
        let promise = Promise::of(item.row, kinds, Scope::Promised, minimum_outages(unit));
        match promise.filter(|_| !item.unclassified) {
            Some(promise) => results.extend(promise.judge(facts, &item.row.id)),
            None => {
                let mut shown = assisted::companions(item, &["resilience"]);
                shown.extend(outage_seen::lines(facts, kinds));
                results.push(assisted::ask_about(facts, unit, item, shown, None));
            }
        }
    }
    results
}

/// Outages of each kind that the catalogue demands.
pub(super) fn minimum_outages(unit: &Unit) -> u64 {
    let minimum = unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == "interruption");
    minimum.map_or(1, |minimum| minimum.completed)
}

#[cfg(test)]
#[path = "outage_mechanisms/tests.rs"]
mod tests;
