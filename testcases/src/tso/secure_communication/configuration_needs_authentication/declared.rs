//! 5.5-5-1: the units of 5.5-4-1 once more, for what configures and in every state.

use crate::assess::unit_results;
use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions, open, reference_to_nothing};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::selection::Item;
use crate::tso::secure_communication::services_need_authentication::declared::{
    mechanisms_of, nowhere, without_mechanism,
};
use crate::verdict::Verdict;
use ixit::Blame;

/// 5.5-5-1 a: a service that configures references a mechanism, whatever the state in which it is reached, and none of
/// its mechanisms failed a unit of 5.5-4-1; all else is for a person, whom the verdicts there tell what to expect.
pub(super) fn configuration_is_protected(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let before: Vec<(&str, Vec<ItemResult>)> = unit
        .inherits
        .iter()
        .filter_map(|id| facts.catalogue.unit(id))
        .map(|inherited| (inherited.id.as_str(), unit_results(facts, inherited)))
        .collect();
    selected.items.iter().map(|item| of_service(facts, unit, item, &before)).collect()
}

fn of_service(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    before: &[(&str, Vec<ItemResult>)],
) -> ItemResult {
    let mechanisms = mechanisms_of(facts, item.row);
    let fail = |reason: Reason| {
        ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(item.row.reference(item.table, "authentication_mechanism"))
    };
    if mechanisms.is_empty() && !item.unclassified {
        return match nowhere(item.row) {
            Some(names) => {
                let field = "authentication_mechanism";
                open(item, reference_to_nothing(&item.row.id, field, &names), field)
            }
            None => fail(without_mechanism(item.row)),
        };
    }
    let mut shown = companions(item, &["network_accessible_in"]);
    // What is accepted of each mechanism there is as good here. It stands beside the facts: they are the same before and
    // after the other units are decided.
    let mut accepted = true;
    for mechanism in mechanisms {
        for (inherited, results) in before {
            let here: Vec<&ItemResult> =
                results.iter().filter(|result| result.item == mechanism.id).collect();
            let failed = here.iter().find(|result| result.verdict == Verdict::Fail);
            if let Some(failed) = failed.filter(|_| !item.unclassified) {
                let reason = Reason::new("failed-where-it-is-judged-first")
                    .with("unit", inherited)
                    .with("item", &failed.item)
                    .with("code", &failed.reason.code);
                let mut result = fail(reason);
                result.by = failed.by;
                result.rests_on = failed.rests_on;
                result.evidence.extend(failed.evidence.iter().cloned());
                return result;
            }
            accepted &= here.iter().all(|result| result.verdict == Verdict::Pass);
        }
        shown.extend(facts.shown_of_row(unit, "auth_mech", mechanism));
    }
    ask_about(facts, unit, item, shown, accepted.then_some(Verdict::Pass))
}
