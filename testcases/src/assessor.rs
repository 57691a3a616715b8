//! Units without a judge of their own: a person is asked once an item.

use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::judge::{By, ItemResult, RestsOn};
use crate::reason::Reason;
use crate::selection::Emptiness;
use crate::verdict::Verdict;
use ixit::Blame;

/// Asks an assessor about every selected item of a unit.
pub fn ask_each(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    if selected.items.is_empty() {
        let mut question = Question::on(unit, "-");
        question.shown = facts.shown_of_forms(unit);
        return vec![facts.ask(question)];
    }
    if unit.collective {
        let mut question = Question::on(unit, "-");
        question.shown =
            selected.items.iter().flat_map(|item| facts.shown_of_row(unit, item.table, item.row)).collect();
        question.shown.extend(facts.shown_of_forms(unit));
        return vec![facts.ask(question)];
    }
    selected
        .items
        .iter()
        .map(|item| {
            let mut question = Question::on(unit, &item.row.id);
            question.shown = facts.shown_of_row(unit, item.table, item.row);
            question.shown.extend(facts.shown_of_forms(unit));
            facts.ask(question)
        })
        .collect()
}

/// The result of an empty selection: vacuous PASS where emptiness is shown, INCONCLUSIVE where
/// nothing is said; `None` where there is something to assess.
pub fn empty_selection(unit: &Unit, emptiness: &Emptiness) -> Option<ItemResult> {
    match emptiness {
        Emptiness::NotEmpty => None,
        Emptiness::Stated { reference, reason } => Some(
            ItemResult::machine(
                "-",
                Verdict::Pass,
                RestsOn::Declared,
                Reason::new("table-stated-empty").with("reason", reason),
            )
            .declared(reference.clone())
            .vacuous(),
        ),
        Emptiness::NoneMatches { reference, rows } => Some(
            ItemResult::machine(
                "-",
                Verdict::Pass,
                RestsOn::Declared,
                Reason::new("no-row-matches").with("rows", rows),
            )
            .declared(reference.clone())
            .vacuous(),
        ),
        Emptiness::NothingSaid { table } => Some(nothing_said(unit, table)),
    }
}

fn nothing_said(unit: &Unit, table: &str) -> ItemResult {
    let mut result = ItemResult::machine(
        "-",
        Verdict::Inconclusive,
        RestsOn::Declared,
        Reason::new("table-not-stated").with("table", table).with("unit", &unit.id),
    )
    .blame(Blame::Documentation);
    result.by = By::Machine;
    result
}
