//! 5.9-2-1: what is declared of local function during, and recovery after, an outage.

use ixit::companion::OutageKind;

use crate::assess::unit_results;
use crate::assisted::{Look, each_row, together};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::tso::resilience::outage_mechanisms::declared::{contradiction, promise, question};
use crate::verdict::Verdict;
use ixit::Blame;
use ixit::declaration::Support;

/// 5.9-2-1 a: what 5.9-1-1 says, for the same rows: one verdict for both. Where 5.9-1 is not claimed, nobody is asked
/// there, and so here.
pub(super) fn as_judged_for_outages(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let first: Vec<(&str, ItemResult)> = unit
        .inherits
        .iter()
        .filter_map(|id| facts.catalogue.unit(id))
        .flat_map(|unit| unit_results(facts, unit).into_iter().map(|result| (unit.id.as_str(), result)))
        .collect();
    let worst = Verdict::worst_of(first.iter().map(|(_, result)| result.verdict));
    let claimed = facts.declaration.ics.provisions.get("5.9-1");
    let claimed = claimed.is_some_and(|entry| entry.support.value == Support::Y);
    if worst == Verdict::Inconclusive && !claimed {
        return asked_here(facts, unit, &first);
    }
    let of_this_verdict = first.iter().filter(|(_, result)| result.verdict == worst);
    let Some((judged_in, deciding)) = of_this_verdict.min_by_key(|(_, result)| result.by) else {
        return asked_here(facts, unit, &first);
    };
    let not_passed = |code: &str| {
        Reason::new(code)
            .with("unit", judged_in)
            .with("item", &deciding.item)
            .with("code", &deciding.reason.code)
    };
    let reason = match worst {
        Verdict::Pass => {
            Reason::new("passed-where-it-is-judged-first").with("units", unit.inherits.join(", "))
        }
        Verdict::Fail => not_passed("failed-where-it-is-judged-first"),
        _ => not_passed("waits-where-it-is-judged-first"),
    };
    let mut result = ItemResult::machine("-", worst, RestsOn::Declared, reason);
    // All that passed carries a PASS, and one alone that did not carries the rest.
    let carrying = first.iter().map(|(_, before)| before);
    for before in carrying.filter(|before| worst == Verdict::Pass || std::ptr::eq(*before, deciding)) {
        result.by = result.by.max(before.by);
        result.rests_on = result.rests_on.max(before.rests_on);
        result.evidence.extend(before.evidence.iter().cloned());
        result.decision = result.decision.or_else(|| before.decision.clone());
    }
    result.blame = match worst {
        Verdict::Pass => None,
        _ => deciding.blame.or(Some(Blame::Documentation)),
    };
    vec![result]
}

fn asked_here(facts: &Facts<'_>, unit: &Unit, first: &[(&str, ItemResult)]) -> Vec<ItemResult> {
    together(facts, unit, |_| {
        let shown = first.iter().map(|(unit, result)| Shown {
            label: format!("computed.{unit}"),
            text: format!("{}: {} ({})", result.item, result.verdict.as_str(), result.reason.code),
            source: None,
        });
        Look::Question { shown: shown.collect(), prejudgement: None }
    })
}

/// 5.9-2-1 b: without network the device operates on and is usable on the spot. A promise for another kind of outage,
/// or one that needs the peer that is away, contradicts that; a promise under which nothing goes on is expected to fail.
pub(super) fn local_function_goes_on(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        if let Some(contradiction) = contradiction(facts, item) {
            return contradiction;
        }
        let expected = promise(item.row).and_then(|promise| {
            let beyond = promise.outages.iter().any(|outage| *outage != OutageKind::Link);
            match promise.goes_on.is_empty() {
                false => Some(Verdict::Pass),
                // A device that is off the link itself can be used by its keys alone, of which the promise tells nothing.
                true => beyond.then_some(Verdict::Fail),
            }
        });
        question(item, expected)
    })
}

/// 5.9-2-1 c: after an outage of power connection and function return in the same or a better state. A promise for
/// another kind of outage contradicts that; one that names neither time nor state is expected to fail.
pub(super) fn comes_back_clean(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        if let Some(contradiction) = contradiction(facts, item) {
            return contradiction;
        }
        let expected = promise(item.row).and_then(|promise| {
            match (promise.keeps.is_empty(), promise.recovers_seconds.is_some()) {
                (false, true) => Some(Verdict::Pass),
                (true, false) => Some(Verdict::Fail),
                _ => None,
            }
        });
        question(item, expected)
    })
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
