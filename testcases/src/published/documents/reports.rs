//! Reports of reviews that rows name: where implementation, version and scope stand in them.

use ixit::{Declaration, Row};

use super::{Page, add_named, placed, seen};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::prompt::Shown;

/// Table whose rows name reports.
pub(super) const TABLE: &str = "net_sec_impl";
/// Field that names them.
pub(super) const FIELD: &str = "net_sec_impl.report";

/// Whether a unit reads the reports.
pub(super) fn concern(unit: &Unit) -> bool {
    unit.reads.iter().any(|read| read == FIELD)
}

/// Paths below `documents/` that a row names as its report, in the field and in the companion `review`.
pub(super) fn named_in(declaration: &Declaration, row: &Row) -> Vec<String> {
    let mut named = Vec::new();
    add_named(declaration, row.text("report").unwrap_or_default(), &mut named);
    let report = row.companions.review.as_ref().and_then(|review| review.value.report.as_deref());
    if let Some(path) = report.and_then(|report| placed(declaration, report))
        && !named.contains(&path)
    {
        named.push(path);
    }
    named
}

/// What the report of a row says of it.
pub(super) fn beside(facts: &Facts<'_>, unit: &Unit, item: &str) -> Vec<Shown> {
    let Some((TABLE, row)) = facts.row(item).filter(|_| concern(unit)) else { return Vec::new() };
    let mut words: Vec<String> = Vec::new();
    if let Some(implementation) = &row.companions.implementation {
        words.push(implementation.value.name.clone());
        words.extend(implementation.value.version.clone());
    }
    if let Some(review) = &row.companions.review {
        words.extend(review.value.covers.iter().cloned());
    }
    let mut shown = Vec::new();
    for path in named_in(facts.declaration, row) {
        let Some((recorded, document)) = seen(facts, &path) else { continue };
        let page = Page { recorded, document: &document };
        shown.extend(page.heading());
        shown.extend(page.hits(&words, &[], false));
    }
    shown
}
