//! 5.11-4: users get a clear confirmation that their data were deleted.

use ixit::Blame;

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::deletion_seen::{self, Course, PROBE, Seen};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.11-4.
pub static GROUP: Group = Group {
    id: "5.11-4",
    judges: &[
        Judge {
            unit: "5.11-4-1:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &[PROBE],
            judge: carried_out_by_the_book,
        },
        Judge {
            unit: "5.11-4-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[PROBE],
            judge: a_confirmation_is_given,
        },
    ],
};

/// 5.11-4-1 a: whether the documentation leads through the deletion is for a person, who is shown what came of the
/// declared order.
fn carried_out_by_the_book(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |_, seen| match seen.iter().all(|seen| seen.course() == Course::CarriedOut) {
        true if !seen.is_empty() => Look::Ask(Some(Verdict::Pass)),
        _ => Look::Ask(None),
    })
}

/// 5.11-4-1 b: nobody was told a word of what is declared: FAIL. Whether the words are clear is for a person.
fn a_confirmation_is_given(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item, seen| {
        if let Some(seen) = seen.iter().find(|seen| is_silent(seen)) {
            return Look::Decided(Box::new(told_nothing(item, seen)));
        }
        let all_words = |seen: &Seen<'_>| {
            seen.deletion
                .answer
                .as_ref()
                .is_some_and(|told| !told.words.is_empty() && told.missing.is_empty())
        };
        let expected = (!seen.is_empty() && seen.iter().all(all_words)).then_some(Verdict::Pass);
        Look::Ask(expected)
    })
}

/// The data went, an answer was read whole, and none of the declared words stands there.
fn is_silent(seen: &Seen<'_>) -> bool {
    let went = seen.course() == Course::CarriedOut;
    seen.deletion
        .answer
        .as_ref()
        .is_some_and(|told| went && !told.cut && told.words.is_empty() && !told.missing.is_empty())
}

fn told_nothing(item: &Item<'_>, seen: &Seen<'_>) -> ItemResult {
    let told = seen.deletion.answer.as_ref();
    let text = told.map_or("", |told| told.text.as_str());
    let missing = told.map_or_else(String::new, |told| told.missing.join(", "));
    let reason = Reason::new("deletion-not-confirmed")
        .with("row", &item.row.id)
        .with("words", missing)
        .with("path", told.map_or("", |told| told.path.as_str()))
        .with("told", if text.trim().is_empty() { "nothing" } else { text })
        .expected_by(item.row.reference(item.table, "erasure"));
    seen.result(&item.row.id, Verdict::Fail, reason, "answer").blame(Blame::DeviceOrDocumentation)
}

enum Look {
    Decided(Box<ItemResult>),
    Ask(Option<Verdict>),
}

fn each(facts: &Facts<'_>, unit: &Unit, look: impl Fn(&Item<'_>, &[Seen<'_>]) -> Look) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let one = |item: &Item<'_>| {
        let seen = deletion_seen::of_row(facts, item.row);
        match look(item, &seen) {
            Look::Decided(result) if !item.unclassified => *result,
            Look::Decided(_) => ask(facts, unit, item, None),
            Look::Ask(expected) => ask(facts, unit, item, expected),
        }
    };
    selected.items.iter().map(one).collect()
}

fn ask(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>, expected: Option<Verdict>) -> ItemResult {
    let mut shown = companions(item, &["erasure"]);
    shown.extend(deletion_seen::lines(facts, Some(&item.row.id)));
    ask_about(facts, unit, item, shown, expected)
}

#[cfg(test)]
#[path = "deletion_confirmation/tests.rs"]
mod tests;
