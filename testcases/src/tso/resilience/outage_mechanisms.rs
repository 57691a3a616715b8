//! 5.9-1: resilience against outages of network and power is built in.
//!
//! 5.9-1-2 cuts and gives back what the row says that it covers, and compares what goes on, how soon the device is
//! back and what it is like then with the promise of the row. Without the promise as a companion a person decides on
//! what was seen.

#[path = "outage_mechanisms/declared.rs"]
pub(super) mod declared;

use ixit::companion::OutageKind;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::outage_seen::{self, NETWORK, POWER, Promise, Scope};
use crate::verdict::Verdict;

/// 5.9-1.
pub static GROUP: Group = Group {
    id: "5.9-1",
    judges: &[
        Judge {
            unit: "5.9-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::both_kinds_are_covered,
        },
        Judge {
            unit: "5.9-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::each_can_deliver,
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
