//! Units that are judged row by row on what is declared. The machine passes them where the criterion is closed and
//! the structured declaration meets it, fails them where the declaration or an observation contradicts the criterion
//! outright, and else lays the facts out for a person.

use ixit::Blame;

use crate::assessor::empty_selection;
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::{Facts, Question};
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// What the machine makes of a row.
pub enum Look {
    /// A closed criterion that the structured declaration meets: PASS, with its reason and the companion, or field of
    /// closed values, that shows it. Prose never shows it.
    Met {
        /// Why.
        reason: Reason,
        /// Key of the companion or field.
        shown_by: &'static str,
    },
    /// A shown contradiction: FAIL, with its reason and the field or companion that shows it.
    Contradiction {
        /// Why.
        reason: Reason,
        /// Key of the field or companion.
        shown_by: &'static str,
    },
    /// The declaration has to be mended before anybody can judge: INCONCLUSIVE, with its reason and the field. What is
    /// left out or misspelt shows nothing of the device.
    Open {
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

    /// The row cannot be judged while this field is empty.
    pub fn untold(item: &Item<'_>, field: &'static str) -> Self {
        Self::Open { reason: field_empty(&item.row.id, field), shown_by: field }
    }

    /// The row cannot be judged while this field names rows that nobody declared.
    pub fn dangling(item: &Item<'_>, field: &'static str, names: &[&str]) -> Self {
        Self::Open { reason: reference_to_nothing(&item.row.id, field, names), shown_by: field }
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

/// The words of a field without which a row cannot be judged. An empty field is open. One that says that there is none
/// contradicts a criterion that needs some, by the word of the supplier: then `denied` names the reason.
///
/// # Errors
/// With what the machine makes of a row whose field says nothing, or denies.
pub fn required<'a>(item: &Item<'a>, field: &'static str, denied: &str) -> Result<&'a str, Look> {
    let Some(text) = item.row.text(field) else { return Err(Look::untold(item, field)) };
    match denial(text, &[]) {
        Denial::Wholly => Err(Look::Contradiction {
            reason: Reason::new(denied)
                .with("row", &item.row.id)
                .with("declared", text)
                .expected_by("criterion"),
            shown_by: field,
        }),
        Denial::AtFirst | Denial::No => Ok(text),
    }
}

/// The result of a row whose declaration has to be mended first.
pub fn open(item: &Item<'_>, reason: Reason, shown_by: &str) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Declared, reason)
        .blame(Blame::Documentation)
        .declared(item.row.reference(item.table, shown_by))
}

/// A field that the judgement needs is empty.
pub fn field_empty(row: &str, field: &str) -> Reason {
    Reason::new("field-empty").with("row", row).with("field", field).expected_by("criterion")
}

/// References of a row lead to nothing that is declared.
pub fn reference_to_nothing(row: &str, field: &str, names: &[&str]) -> Reason {
    Reason::new("reference-to-nothing")
        .with("row", row)
        .with("field", field)
        .with("names", names.join(", "))
        .expected_by("criterion")
}

/// Looks at every selected row. A row that could not be classified is never decided by the machine.
pub fn each_row(facts: &Facts<'_>, unit: &Unit, look: impl Fn(&Item<'_>) -> Look) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .map(|item| match look(item) {
            Look::Met { reason, shown_by } if !item.unclassified => {
                ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Declared, reason)
                    .declared(item.row.reference(item.table, shown_by))
            }
            Look::Met { shown_by, .. } => {
                ask_about(facts, unit, item, companions(item, &[shown_by]), Some(Verdict::Pass))
            }
            Look::Contradiction { reason, shown_by } if !item.unclassified => {
                ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Declared, reason)
                    .blame(Blame::Documentation)
                    .declared(item.row.reference(item.table, shown_by))
            }
            Look::Contradiction { shown_by, .. } => {
                ask_about(facts, unit, item, companions(item, &[shown_by]), Some(Verdict::Fail))
            }
            Look::Open { reason, shown_by } => open(item, reason, shown_by),
            Look::Question { shown, prejudgement } => {
                ask_about(facts, unit, item, shown, prejudgement.filter(|_| !item.unclassified))
            }
        })
        .collect()
}

/// Looks at all selected rows together; one result for the unit. Its evidence is the named key of every row.
pub fn together(facts: &Facts<'_>, unit: &Unit, look: impl Fn(&[Item<'_>]) -> Look) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let decidable = selected.items.iter().all(|item| !item.unclassified);
    let of_all = |mut result: ItemResult, key: &str| {
        for item in &selected.items {
            result = result.declared(item.row.reference(item.table, key));
        }
        vec![result]
    };
    let question = |further: Vec<Shown>, keys: &[&str], prejudgement: Option<Verdict>| {
        let mut shown: Vec<Shown> =
            selected.items.iter().flat_map(|item| facts.shown_of_row(unit, item.table, item.row)).collect();
        shown.extend(facts.shown_of_forms(unit));
        shown.extend(selected.items.iter().flat_map(|item| companions(item, keys)));
        shown.extend(further);
        vec![ask(facts, unit, "-", shown, prejudgement)]
    };
    match look(&selected.items) {
        Look::Met { reason, shown_by } if decidable => {
            of_all(ItemResult::machine("-", Verdict::Pass, RestsOn::Declared, reason), shown_by)
        }
        Look::Contradiction { reason, shown_by } if decidable => {
            let failed = ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason);
            of_all(failed.blame(Blame::Documentation), shown_by)
        }
        Look::Met { shown_by, .. } => question(Vec::new(), &[shown_by], Some(Verdict::Pass)),
        Look::Contradiction { shown_by, .. } => question(Vec::new(), &[shown_by], Some(Verdict::Fail)),
        Look::Open { reason, shown_by } => {
            let undecided = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Declared, reason);
            of_all(undecided.blame(Blame::Documentation), shown_by)
        }
        Look::Question { shown, prejudgement } => question(shown, &[], prejudgement.filter(|_| decidable)),
    }
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
