//! 5.9-2: without network the device goes on and stays usable where it stands; after an outage of power it comes back
//! in the same or a better state.

#[path = "local_function_and_recovery/declared.rs"]
mod declared;

use ixit::companion::OutageKind;

use super::outage_mechanisms::minimum_outages;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::outage_seen::{self, NETWORK, POWER, Promise, Scope};
use crate::selection::{self, Item};
use crate::verdict::Verdict;

/// 5.9-2.
pub static GROUP: Group = Group {
    id: "5.9-2",
    judges: &[
        Judge {
            unit: "5.9-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::as_judged_for_outages,
        },
        Judge {
            unit: "5.9-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::local_function_goes_on,
        },
        Judge {
            unit: "5.9-2-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::comes_back_clean,
        },
        Judge {
            unit: "5.9-2-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["interruption"],
            judge: stays_usable_without_network,
        },
        Judge {
            unit: "5.9-2-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["interruption"],
            judge: recovers_cleanly,
        },
    ],
};

/// 5.9-2-2 a: in outages of the network the mechanisms do what is declared, and what could be used on the spot can be
/// used on.
fn stays_usable_without_network(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let says_what_goes_on = |promise: &Promise<'_>| !promise.resilience.goes_on.is_empty();
    whole_device(facts, unit, "network-outage", NETWORK, says_what_goes_on)
}

/// 5.9-2-2 b: after outages of power connection and function return, in the same or a better state.
fn recovers_cleanly(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let says_what_is_kept = |promise: &Promise<'_>| !promise.resilience.keeps.is_empty();
    whole_device(facts, unit, "power-outage", POWER, says_what_is_kept)
}

/// Judges the device as a whole by the promises of its mechanisms. One promise that says what is asked of the device
/// is enough for the machine; without any, and for rows without a promise, a person decides.
fn whole_device(
    facts: &Facts<'_>,
    unit: &Unit,
    select: &str,
    kinds: &'static [OutageKind],
    decides: impl Fn(&Promise<'_>) -> bool,
) -> Vec<ItemResult> {
    let rows = selection::rows(facts.declaration, "res_mech", Some(select)).items;
    let promise =
        |item: &Item<'_>| Promise::of(item.row, kinds, Scope::WholeDevice, minimum_outages(unit)).is_some();
    let (promising, others): (Vec<Item<'_>>, Vec<Item<'_>>) =
        rows.into_iter().partition(|item| promise(item) && !item.unclassified);
    let promises: Vec<Promise<'_>> = promising
        .iter()
        .filter_map(|item| Promise::of(item.row, kinds, Scope::WholeDevice, minimum_outages(unit)))
        .collect();
    let mut results: Vec<ItemResult> =
        promises.iter().flat_map(|promise| promise.judge(facts, &promise.row.id)).collect();
    let decided = promises.iter().any(decides);
    if !decided || !others.is_empty() {
        let asked = if decided { &others } else { &promising };
        let mut shown = Vec::new();
        for item in asked.iter().chain(if decided { &[][..] } else { &others }) {
            shown.extend(facts.shown_of_row(unit, item.table, item.row));
            shown.extend(assisted::companions(item, &["resilience"]));
        }
        shown.extend(outage_seen::lines(facts, kinds));
        results.push(assisted::ask(facts, unit, "-", shown, None));
    }
    results
}

#[cfg(test)]
#[path = "local_function_and_recovery/tests.rs"]
mod tests;
