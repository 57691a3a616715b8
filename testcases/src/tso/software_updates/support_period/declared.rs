//! What the declaration says of the support period, set against itself and against the date of the assessment.

use ixit::Blame;
use ixit::companion::SupportPeriod;
use jiff::ToSpan;
use jiff::civil::Date;

use super::is_last_day;
use crate::dates_in_text::dates;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::times_in_text::durations;
use crate::verdict::Verdict;

/// A period that is over, that ends before it begins, or of which the prose names another last day.
pub(super) fn contradiction(facts: &Facts<'_>) -> Option<ItemResult> {
    let form = facts.declaration.ixit.form("user_info")?;
    let support = &form.companions.support.as_ref()?.value;
    let until = last_day(support)?;
    let reason = |code: &str| Reason::new(code).with("until", until);
    let failed = |reason: Reason| {
        ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(form.reference("user_info", "support"))
    };
    if until < facts.date {
        let reason = reason("support-period-over").with("date", facts.date).expected_by("criterion");
        return Some(failed(reason));
    }
    if let Some(from) = first_day(support).filter(|from| *from > until) {
        let reason = reason("support-ends-before-it-begins").with("from", from).expected_by("criterion");
        return Some(failed(reason));
    }
    let prose = form.text("support_period")?;
    // Months are counted from a day that the prose may give; only a declared last day has to stand there.
    let found = dates(prose);
    let named = found.iter().any(|date| date.readings.contains(&until));
    // "Sold until 2026-03-31, supported five years longer" names the last day without its date.
    let other = found.iter().any(|date| is_last_day(prose, date)) && durations(prose).is_empty();
    let contradicted = support.until.is_some() && other && !named;
    contradicted.then(|| {
        let prose: String = prose.chars().take(160).collect();
        let reason = reason("support-period-contradicted")
            .with("prose", prose)
            .expected_by(form.reference("user_info", "support_period"));
        failed(reason).declared(form.reference("user_info", "support_period"))
    })
}

fn last_day(support: &SupportPeriod) -> Option<Date> {
    match &support.until {
        Some(until) => until.parse().ok(),
        None => first_day(support)?.checked_add(i64::from(support.months?).months()).ok(),
    }
}

fn first_day(support: &SupportPeriod) -> Option<Date> {
    support.from.as_ref()?.parse().ok()
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
