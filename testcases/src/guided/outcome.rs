//! What follows from the notes of a person: the machine compares them with the declaration and with each other.

use ixit::Blame;

use super::{Entry, Note};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// The notes of the decision behind a result; `None` while the question is open.
pub fn note<'r>(result: &'r ItemResult, key: &str) -> Option<&'r Note> {
    result.decision.as_ref()?.notes.get(key)
}

/// The entries of a list among the notes.
pub fn entries<'r>(result: &'r ItemResult, key: &str) -> &'r [Entry] {
    note(result, key).map_or(&[], Note::entries)
}

/// A text or word among the notes.
pub fn word<'r>(result: &'r ItemResult, key: &str) -> &'r str {
    match note(result, key) {
        Some(Note::Text(text)) => text.trim(),
        _ => "",
    }
}

/// Whether a yes-no note says yes.
pub fn yes(result: &ItemResult, key: &str) -> bool {
    note(result, key).is_some_and(Note::is_yes)
}

/// The notes show what the answer denies: FAIL, whatever the person answered. A FAIL of the person stays.
#[must_use]
pub fn fail(mut result: ItemResult, code: &str, blame: Blame, args: &[(&str, String)]) -> ItemResult {
    if result.decision.is_none() || result.verdict == Verdict::Fail {
        return result;
    }
    result.verdict = Verdict::Fail;
    result.blame = Some(blame);
    result.reason = reason(&result, code, args);
    result
}

/// The notes contradict themselves, so that nothing is shown.
#[must_use]
pub fn doubt(mut result: ItemResult, code: &str, args: &[(&str, String)]) -> ItemResult {
    if result.decision.is_none() || result.verdict != Verdict::Pass {
        return result;
    }
    result.verdict = Verdict::Inconclusive;
    result.blame = Some(Blame::Lab);
    result.reason = reason(&result, code, args);
    result
}

fn reason(result: &ItemResult, code: &str, args: &[(&str, String)]) -> Reason {
    let person = result.decision.as_ref().map_or("", |decision| decision.person.as_str());
    args.iter()
        .fold(Reason::new(code).with("person", person), |reason, (name, value)| reason.with(name, value))
        .expected_by("criterion")
}

/// Entries that name no declared row of the table, in words.
pub fn undeclared(facts: &Facts<'_>, entries: &[Entry], table: &str, what: &str) -> Vec<String> {
    let known = |id: &str| {
        let mut rows = facts.declaration.ixit.rows(table).iter().filter(|row| !row.observed_only);
        rows.any(|row| row.id == id)
    };
    entries
        .iter()
        .filter(|entry| !known(entry.text("row")))
        .map(|entry| {
            let place = [entry.text("side"), entry.text("where")].into_iter().find(|text| !text.is_empty());
            let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
            format!("{}{place}", entry.text(what))
        })
        .collect()
}
