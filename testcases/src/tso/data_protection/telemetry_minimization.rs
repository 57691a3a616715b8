//! 6-4: telemetry holds no more personal data than what it is for needs.

use ixit::Row;

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 6-4.
pub static GROUP: Group = Group {
    id: "6-4",
    judges: &[Judge {
        unit: "6-4-1:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &[],
        judge: the_purpose_needs_the_data,
    }],
};

/// 6-4-1 a: the purpose of the telemetry needs the personal data that it references. Data that are said
/// to have no purpose are needed for nothing, and data that no table describes cannot be weighed; else a person weighs, with the data and
/// their own purposes beside those of the telemetry.
fn the_purpose_needs_the_data(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        let referenced = row.texts("personal_data");
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &row.id)
                .with("data", referenced.join(", "))
                .expected_by("criterion")
        };
        let told = row.companions.told.as_ref().map(|told| &told.value);
        // A companion that names none leaves them to the prose.
        let purposes = told.map(|told| told.purposes.as_slice()).filter(|purposes| !purposes.is_empty());
        match row.text("purpose") {
            None if purposes.is_none() => return Look::untold(item, "purpose"),
            Some(text) if denial(text, &[]) == Denial::Wholly => {
                let reason = reason("telemetry-without-purpose");
                return Look::Contradiction { reason, shown_by: "purpose" };
            }
            _ => {}
        }
        let mut data: Vec<&Row> = Vec::new();
        for id in &referenced {
            match facts.row(id) {
                Some(("pers_data", row)) => data.push(row),
                _ => return Look::dangling(item, "personal_data", &[id]),
            }
        }
        let mut shown = companions(item, &["told"]);
        shown.extend(data.iter().map(|row| joined(row)));
        let related = purposes.map(|purposes| data.iter().map(|row| related(row, purposes)).collect());
        Look::Question {
            shown,
            prejudgement: related.and_then(|related: Vec<Option<bool>>| weighed(&related)),
        }
    })
}

/// Personal data with their purposes, for a person.
fn joined(row: &Row) -> Shown {
    let told = row.companions.told.as_ref().map(|told| told.value.purposes.join(", "));
    let purposes = told.filter(|told| !told.is_empty()).unwrap_or_else(|| "not declared in words".to_owned());
    let sensitive = if row.flag("sensitive") == Some(true) { " (sensitive)" } else { "" };
    let description = row.text("description").unwrap_or("no description");
    Shown {
        label: "computed.personal-data".to_owned(),
        text: format!("{}{sensitive}: {description} Purposes: {purposes}", row.id),
        source: Some(row.reference("pers_data", "description")),
    }
}

/// Whether the purposes of the data share a word with those of the telemetry; `None` where the data name none.
fn related(row: &Row, purposes: &[String]) -> Option<bool> {
    let own = &row.companions.told.as_ref()?.value.purposes;
    let own = words(own);
    (!own.is_empty()).then(|| words(purposes).iter().any(|word| own.contains(word)))
}

/// All related: PASS. One with purposes that have nothing in common: FAIL. Only a first thought, as words differ.
fn weighed(related: &[Option<bool>]) -> Option<Verdict> {
    if related.contains(&Some(false)) {
        Some(Verdict::Fail)
    } else if related.contains(&None) || related.is_empty() {
        None
    } else {
        Some(Verdict::Pass)
    }
}

/// Words of at least four letters, by their first five, so that "forecast" and "forecasts" are one.
fn words(phrases: &[String]) -> Vec<String> {
    const SHORTEST: usize = 4;
    const COMPARED: usize = 5;
    phrases
        .iter()
        .flat_map(|phrase| phrase.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| word.chars().count() >= SHORTEST)
        .map(|word| word.to_lowercase().chars().take(COMPARED).collect())
        .collect()
}

#[cfg(test)]
#[path = "telemetry_minimization/tests.rs"]
mod tests;
