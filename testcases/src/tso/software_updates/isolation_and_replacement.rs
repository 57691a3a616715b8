//! 5.3-15: what cannot be updated can be cut off, and its hardware replaced.

use ixit::Blame;

use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::guided::{Entry, outcome};
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::verdict::Verdict;

#[path = "isolation_and_replacement/declared.rs"]
mod declared;

/// 5.3-15.
pub static GROUP: Group = Group {
    id: "5.3-15",
    judges: &[
        Judge {
            unit: "5.3-15-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_method_isolates,
        },
        Judge {
            unit: "5.3-15-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_hardware_is_replaceable,
        },
        Judge {
            unit: "5.3-15-2:b",
            by: By::Assisted,
            machine_can: &[],
            needs: &["interruption"],
            judge: isolated_as_declared,
        },
        Judge {
            unit: "5.3-15-2:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &["interruption"],
            judge: isolated_it_keeps_its_functions,
        },
        Judge {
            unit: "5.3-15-2:e",
            by: By::Assisted,
            machine_can: &[],
            needs: &["interruption"],
            judge: replaced_it_has_its_functions_again,
        },
    ],
};

/// 5.3-15-2 b: a person cuts the product off; beside it stands what the outages of this run showed.
fn isolated_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    vec![asked(facts, unit)]
}

/// 5.3-15-2 c: what does not need the connection goes on without it.
fn isolated_it_keeps_its_functions(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let result = asked(facts, unit);
    let lost = functions(&result, |entry| {
        says(entry, "before") == Some(true)
            && says(entry, "needs_connection") == Some(false)
            && says(entry, "during") == Some(false)
    });
    vec![worse(result, "function-lost-by-isolation", &lost)]
}

/// 5.3-15-2 e: what worked before works with the new hardware.
fn replaced_it_has_its_functions_again(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let result = asked(facts, unit);
    let lost = functions(&result, |entry| {
        says(entry, "before") == Some(true) && says(entry, "after") == Some(false)
    });
    vec![worse(result, "function-not-regained", &lost)]
}

fn asked(facts: &Facts<'_>, unit: &Unit) -> ItemResult {
    let mut question = Question { by: By::Assisted, ..Question::on(unit, "-") };
    question.shown = facts.shown_of_forms(unit);
    question.shown.extend(facts.observed("interruption").map(|recorded| {
        let observation = &recorded.observation;
        let gaps = if observation.effort.gaps.is_empty() { "" } else { ", with gaps" };
        Shown {
            label: "observed.interruption".to_owned(),
            text: format!("{}: {}{gaps}", observation.target, observation.effort.what),
            source: Some(recorded.reference.clone()),
        }
    }));
    facts.ask(question)
}

fn functions(result: &ItemResult, lost: impl Fn(&Entry) -> bool) -> Vec<String> {
    let entries = outcome::entries(result, "functions").iter();
    entries.filter(|entry| lost(entry)).map(|entry| entry.text("function").to_owned()).collect()
}

fn says(entry: &Entry, key: &str) -> Option<bool> {
    entry.0.get(key).map(crate::guided::Note::is_yes)
}

fn worse(result: ItemResult, code: &str, lost: &[String]) -> ItemResult {
    if lost.is_empty() {
        return result;
    }
    outcome::fail(result, code, Blame::Device, &[("found", lost.join(", "))])
}

#[cfg(test)]
#[path = "isolation_and_replacement/tests.rs"]
mod tests;
