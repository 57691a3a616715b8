//! Units that a person decides on facts laid out by the machine. The machine fails them only where the
//! declaration or an observation contradicts the criterion outright.

use ixit::Blame;

use crate::assessor::empty_selection;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// What the machine makes of a row.
pub enum Look {
    /// A shown contradiction: FAIL, with its reason and the field or companion that shows it.
    Contradiction {
        /// Why.
        reason: Reason,
        /// Key of the field or companion.
        shown_by: &'static str,
    },
    /// Nothing decides; what a person is shown beside the fields of the row.
    Question {
        /// Further facts.
        shown: Vec<Shown>,
        /// What the machine thinks.
        prejudgement: Option<Verdict>,
    },
}

impl Look {
    /// A question with the companions of these keys beside the prose.
    pub fn question(item: &Item<'_>, keys: &[&str], prejudgement: Option<Verdict>) -> Self {
        Self::Question { shown: companions(item, keys), prejudgement }
    }

    /// Adds a computed fact to a question.
    #[must_use]
    pub fn computed(mut self, label: &str, text: String) -> Self {
        if let Self::Question { shown, .. } = &mut self {
            shown.push(Shown { label: label.to_owned(), text, source: None });
        }
        self
    }
}

/// Looks at every selected row. A row that could not be classified is never failed by the machine.
pub fn each_row(facts: &Facts<'_>, unit: &Unit, look: impl Fn(&Item<'_>) -> Look) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .map(|item| match look(item) {
            Look::Contradiction { reason, shown_by } if !item.unclassified => {
                ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Declared, reason)
                    .blame(Blame::Documentation)
                    .declared(item.row.reference(item.table, shown_by))
            }
            Look::Contradiction { shown_by, .. } => {
                ask_about(facts, unit, item, companions(item, &[shown_by]), Some(Verdict::Fail))
            }
            Look::Question { shown, prejudgement } => {
                ask_about(facts, unit, item, shown, prejudgement.filter(|_| !item.unclassified))
            }
        })
        .collect()
}

/// Asks about a row: its fields, the forms that the unit reads, and further facts.
pub fn ask_about(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    further: Vec<Shown>,
    prejudgement: Option<Verdict>,
) -> ItemResult {
    let mut shown = facts.shown_of_row(unit, item.table, item.row);
    shown.extend(facts.shown_of_forms(unit));
    shown.extend(further);
    ask(facts, unit, &item.row.id, shown, prejudgement)
}

/// Asks about an item with exactly these facts.
pub fn ask(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &str,
    shown: Vec<Shown>,
    prejudgement: Option<Verdict>,
) -> ItemResult {
    facts.ask(Question { by: By::Assisted, shown, prejudgement, ..Question::on(unit, item) })
}

/// Companions of a row as shown to a person.
pub fn companions(item: &Item<'_>, keys: &[&str]) -> Vec<Shown> {
    let content = item.row.companions.content();
    keys.iter()
        .filter_map(|key| {
            let value = content.get(*key)?;
            Some(Shown {
                label: format!("{}.{key}", item.table),
                text: value.to_string(),
                source: Some(item.row.reference(item.table, key)),
            })
        })
        .collect()
}
