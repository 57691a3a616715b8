//! What the declaration says of the review of an implementation.

use ixit::Row;
use ixit::companion::Review;

use super::{compare, implementation};
use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Phrases by which a method says that there was none.
const NEGATIONS: &[&str] = &[
    "not reviewed",
    "never reviewed",
    "not yet reviewed",
    "not evaluated",
    "no review",
    "no evaluation",
    "unreviewed",
    "not reviewed or evaluated",
    "未実施",
    "未レビュー",
    "レビューなし",
    "レビュー未実施",
    "評価なし",
    "評価未実施",
    "実施していない",
];

/// 5.5-2-1 a: a review or evaluation took place. It is shown by the companion together with a report that was handed
/// in; an implementation that is honestly declared not to be reviewed fails.
pub(super) fn a_review_took_place(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        if let Some(look) = not_reviewed(row) {
            return look;
        }
        match (review(row), row.text("review_evaluation_method")) {
            (Some(review), Some(_))
                if report_handed_in(facts, review) == Some(true) && perhaps_not(row).is_none() =>
            {
                let by: Vec<&str> = review.by.iter().map(|by| by.as_str()).collect();
                let reason = Reason::new("implementation-reviewed")
                    .with("row", &row.id)
                    .with("by", if by.is_empty() { "-".to_owned() } else { by.join(", ") })
                    .with("report", review.report.as_deref().unwrap_or("-"))
                    .expected_by("criterion");
                Look::Met { reason, shown_by: "review" }
            }
            _ => Look::question(item, &["review", "implementation"], perhaps_not(row)),
        }
    })
}

/// 5.5-2-1 b: method and report cover the scope. Nothing covers it where there was no review and where another
/// version was looked at; without the named report it is open, and whether the rest covers it is for a person. Versions that
/// differ in their last parts alone may hold the same code, so that they are judged beforehand and not failed.
pub(super) fn the_scope_is_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        if let Some(look) = not_reviewed(row) {
            return look;
        }
        let question = |prejudgement| Look::question(item, &["review", "implementation"], prejudgement);
        let Some(review) = review(row) else { return question(None) };
        let report = review.report.as_deref().unwrap_or("-");
        let reason = |code: &str| {
            Reason::new(code).with("row", &row.id).with("report", report).expected_by("criterion")
        };
        if report_handed_in(facts, review) == Some(false) {
            return Look::Open { reason: reason("review-report-missing"), shown_by: "review" };
        }
        let used = implementation(item).and_then(|implementation| implementation.version.as_deref());
        let weight =
            used.zip(review.version.as_deref()).map(|(used, seen)| (used, seen, Distance::of(used, seen)));
        let mut look = match weight {
            Some((used, seen, Distance::Far)) => {
                let reason = reason("review-of-other-version").with("used", used).with("reviewed", seen);
                return Look::Contradiction { reason, shown_by: "review" };
            }
            Some((_, _, Distance::Near)) => question(Some(Verdict::Fail)),
            Some((_, _, Distance::Same)) if !review.covers.is_empty() && review.report.is_some() => {
                question(Some(Verdict::Pass))
            }
            _ => question(None),
        };
        if let Some((used, seen, _)) = weight {
            look = look.computed("computed.versions", format!("in use {used}, reviewed {seen}"));
        }
        look.computed("computed.scope", scope(row, review))
    })
}

fn review(row: &Row) -> Option<&Review> {
    row.companions.review.as_ref().map(|review| &review.value)
}

fn not_reviewed(row: &Row) -> Option<Look> {
    let method = row.text("review_evaluation_method");
    let shown_by = match (review(row), method) {
        (Some(review), _) if !review.done => "review",
        (_, Some(method)) if denial(method, NEGATIONS) == Denial::Wholly => "review_evaluation_method",
        _ => return None,
    };
    let reason = Reason::new("implementation-not-reviewed")
        .with("row", &row.id)
        .with("method", method.unwrap_or("-"))
        .expected_by("criterion");
    Some(Look::Contradiction { reason, shown_by })
}

/// A method whose first sentence says that there was none, and that goes on.
fn perhaps_not(row: &Row) -> Option<Verdict> {
    let method = row.text("review_evaluation_method")?;
    (denial(method, NEGATIONS) == Denial::AtFirst).then_some(Verdict::Fail)
}

/// Whether the report lies below `documents/`; `None` where none is named.
fn report_handed_in(facts: &Facts<'_>, review: &Review) -> Option<bool> {
    let report = review.report.as_deref()?;
    let path = report.strip_prefix("documents/").unwrap_or(report);
    Some(facts.declaration.documents.iter().any(|document| document.path == path))
}

/// How far two versions are from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distance {
    /// The same.
    Same,
    /// One says less than the other.
    Open,
    /// Another after the first two parts.
    Near,
    /// Another in one of the first two parts.
    Far,
}

impl Distance {
    fn of(used: &str, reviewed: &str) -> Self {
        match compare(used, reviewed) {
            Some(true) => Self::Same,
            None => Self::Open,
            Some(false) => {
                let first_two =
                    |version: &str| version.split(['.', '-', '+']).take(2).collect::<Vec<_>>().join(".");
                match compare(&first_two(used), &first_two(reviewed)) {
                    Some(false) => Self::Far,
                    _ => Self::Near,
                }
            }
        }
    }
}

/// What was looked at, and what of it the description names.
fn scope(row: &Row, review: &Review) -> String {
    if review.covers.is_empty() {
        return "nothing is said of what was looked at".to_owned();
    }
    let description = row.text("description").unwrap_or_default().to_lowercase();
    let named: Vec<&str> = review
        .covers
        .iter()
        .map(String::as_str)
        .filter(|covered| description.contains(&covered.to_lowercase()))
        .collect();
    let named = if named.is_empty() { "-".to_owned() } else { named.join(", ") };
    format!("covered: {}; of these in the description: {named}", review.covers.join(", "))
}
