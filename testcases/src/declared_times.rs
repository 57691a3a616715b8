//! Longest times of the steps of a process (companion `steps`), set against the prose beside them. Arithmetic only:
//! whether a time is usual or short enough is for a person.

use ixit::Row;
use ixit::companion::Step;

use crate::prompt::Shown;
use crate::times_in_text::{FoundDuration, TimeUnit, durations};
use crate::words_in_text::{Stands, stands};

/// Beyond this many days a person is told that the time is unusual.
pub const UNUSUAL_DAYS: u32 = 180;
/// Up to this many days nothing suggests slow action: what finders of vulnerabilities commonly wait.
pub const USUAL_DAYS: u32 = 90;

/// Words of times that return and carry no number.
const PERIODIC: &[&str] =
    &["daily", "weekly", "monthly", "quarter", "yearly", "annual", "毎日", "毎週", "毎月", "四半期", "毎年"];

/// A step whose declared time and prose contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Name of the step.
    pub step: String,
    /// Its declared days.
    pub days: u32,
    /// What the prose says.
    pub prose: String,
    /// The prose names the step with a shorter time, and no time in it is as long as the declared one: nobody can read
    /// it otherwise. All else may be another way to say the same, and is for a person.
    pub unmistakable: bool,
}

impl Disagreement {
    /// As a fact for a person.
    pub fn shown(&self) -> Shown {
        let text = format!("{}: {} d declared; the prose says: {}", self.step, self.days, self.prose);
        Shown { label: "computed.times-and-prose".to_owned(), text, source: None }
    }
}

/// Words of cases that have a time of their own, beside the longest one.
const SPECIAL: &[&str] =
    &["critical", "urgent", "exploit", "severe", "severity", "high", "重大", "緊急", "悪用", "深刻", "重要"];

/// The steps of a row.
pub fn steps(row: &Row) -> impl Iterator<Item = &Step> {
    row.companions.steps.iter().map(|step| &step.value)
}

/// The steps as one line.
pub fn listed(row: &Row) -> String {
    steps(row).map(|step| format!("{}: {} d", step.step, step.days)).collect::<Vec<_>>().join("; ")
}

/// A step that the prose contradicts: one clause names it with other days, or every time of the prose is shorter than
/// it. An unmistakable one before the others.
pub fn disagreement(row: &Row, prose: &str) -> Option<Disagreement> {
    let lower = prose.to_lowercase();
    // "Monthly, where urgent within 7 days": the longest time is then not among the lengths.
    let periodic = PERIODIC.iter().any(|word| lower.contains(word));
    let longest = durations(prose).iter().map(days_at_most).max().filter(|_| !periodic);
    let special = SPECIAL.iter().any(|word| lower.contains(word));
    let found: Vec<Disagreement> = steps(row)
        .filter_map(|step| {
            let beyond = longest.filter(|longest| step.days > *longest);
            let disagreement = |prose: String, unmistakable: bool| Disagreement {
                step: step.step.clone(),
                days: step.days,
                prose,
                unmistakable,
            };
            if let Some((clause, named)) = named(prose, &step.step) {
                return (!named.contains(&step.days))
                    .then(|| disagreement(clause.trim().to_owned(), beyond.is_some() && !special));
            }
            Some(disagreement(format!("{} d at most", beyond?), false))
        })
        .collect();
    found.iter().find(|found| found.unmistakable).or(found.first()).cloned()
}

/// The first clause that names a step, and the days of all clauses that do; `None` where none does, or where one
/// gives a time that is no whole number of days.
fn named<'t>(prose: &'t str, step: &str) -> Option<(&'t str, Vec<u32>)> {
    let mut first = None;
    let mut days = Vec::new();
    for clause in clauses(prose).into_iter().filter(|clause| stands(clause, step) != Stands::Nowhere) {
        for found in durations(clause) {
            days.push(found.days()?);
            first = first.or(Some(clause));
        }
    }
    Some((first?, days))
}

/// Parts of a text between commas, semicolons and the ends of sentences.
fn clauses(text: &str) -> Vec<&str> {
    const ENDS: &[&str] = &[", ", "; ", ". ", "、", "。", "；", "，", "\n"];
    let mut parts = vec![text];
    for end in ENDS {
        parts = parts.into_iter().flat_map(|part| part.split(end)).collect();
    }
    parts
}

/// Days of the calendar that a length takes at most.
pub fn days_at_most(found: &FoundDuration) -> u32 {
    /// A working week and the days off around it, holidays of a long week included.
    const CALENDAR_DAYS_OF_A_WORKING_DAY: u32 = 3;
    let of = |days: u32| found.count.saturating_mul(days);
    match found.unit {
        TimeUnit::Hours => found.count.div_ceil(24),
        TimeUnit::Days => found.count,
        TimeUnit::WorkingDays => of(CALENDAR_DAYS_OF_A_WORKING_DAY).saturating_add(7),
        TimeUnit::Weeks => of(7),
        TimeUnit::Months => of(31),
        TimeUnit::Years => of(366),
    }
}

#[cfg(test)]
#[path = "declared_times/tests.rs"]
mod tests;
