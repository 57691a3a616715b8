//! How isolation and replacement are declared.

use ixit::Blame;
use ixit::companion::OutageKind;

use crate::assisted::{ask, field_empty};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.3-15-1 a: the declared method takes the product off its network or puts it into an environment of its own. A method
/// that is said not to be there isolates nothing; beside it stands what is declared to go on without a link.
pub(super) fn the_method_isolates(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    judged(facts, unit, "isolation", without_link(facts))
}

/// 5.3-15-1 b: the declared method makes the hardware replaceable.
pub(super) fn the_hardware_is_replaceable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    judged(facts, unit, "hardware_replacement", Vec::new())
}

fn judged(facts: &Facts<'_>, unit: &Unit, entry: &str, further: Vec<Shown>) -> Vec<ItemResult> {
    let Some(form) = facts.declaration.ixit.form("repl_sup") else {
        let reason = Reason::new("table-not-stated").with("table", "repl_sup");
        return vec![
            ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Declared, reason)
                .blame(Blame::Documentation),
        ];
    };
    let denied = form.text(entry).map(|text| denial(text, &[]) == Denial::Wholly);
    let found = match denied {
        None => Some((Verdict::Inconclusive, field_empty("repl_sup", entry))),
        Some(true) => {
            Some((Verdict::Fail, Reason::new("no-replacement-method-declared").with("entry", entry)))
        }
        Some(false) => None,
    };
    if let Some((verdict, reason)) = found {
        return vec![
            ItemResult::machine("-", verdict, RestsOn::Declared, reason.expected_by("criterion"))
                .blame(Blame::Documentation)
                .declared(form.reference("repl_sup", entry)),
        ];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(further);
    vec![ask(facts, unit, "-", shown, None)]
}

/// What is declared to go on while the link is cut, by mechanisms against outages.
fn without_link(facts: &Facts<'_>) -> Vec<Shown> {
    facts
        .declaration
        .ixit
        .rows("res_mech")
        .iter()
        .filter_map(|row| {
            let resilience = &row.companions.resilience.as_ref()?.value;
            resilience.outages.contains(&OutageKind::Link).then(|| Shown {
                label: "computed.without-link".to_owned(),
                text: format!("{}: goes on: {}", row.id, resilience.goes_on.join(", ")),
                source: Some(row.reference("res_mech", "resilience")),
            })
        })
        .collect()
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
