//! UK PSTI, section 9 and Schedule 4: a statement of compliance with the least that it has to say accompanies the product.
//!
//! Whether its declarations are true is the manufacturer's to sign; a signed statement that nobody handed in was not seen.

use ixit::Blame;
use jiff::civil::Date;
use serde::Deserialize;

use super::{psti_scope, psti_update_period};
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-statement", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// What the statement has to say and no other file tells.
const CONTENT: &[&str] = &["product_batch", "manufacturer_address", "authorised_representative", FIRST];
/// The last day of the period as it was when the product was first supplied.
const FIRST: &str = "end_date_at_first_supply";
/// The signed statement, a path below `documents/`.
const DOCUMENT: &str = "statement_document";
/// How it accompanies the product.
const ACCOMPANIES: &str = "statement_accompanies";

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    if let Some(checked) = another_period(asked) {
        return checked;
    }
    let open =
        |reason| Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    if let Some(key) = CONTENT.iter().find(|key| asked.stated(key).is_none()) {
        return open(asked.not_stated(key));
    }
    let Some(document) = asked.stated_text(DOCUMENT) else {
        let reason = Reason::new("scheme-psti-statement-not-signed").with("key", DOCUMENT);
        return open(reason.expected_by(asked.place(DOCUMENT)));
    };
    if asked.facts.declaration.documents.iter().all(|known| known.path != document) {
        let reason = Reason::new("scheme-psti-statement-not-there").with("document", document);
        return open(reason.expected_by(asked.place(DOCUMENT))).evidence(asked.place(DOCUMENT), "");
    }
    if asked.stated(ACCOMPANIES).is_none() {
        return open(asked.not_stated(ACCOMPANIES));
    }
    let reason = Reason::new("scheme-psti-statement-there")
        .with("document", document)
        .with("accompanies", asked.stated_text(ACCOMPANIES).unwrap_or_default());
    CONTENT
        .iter()
        .chain([&DOCUMENT, &ACCOMPANIES])
        .fold(Checked::new(Verdict::Pass, RestsOn::Document, reason), |checked, key| {
            checked.evidence(asked.place(key), "")
        })
}

/// The statement gives the period of the first supply, which is the first that was published.
fn another_period(asked: &Asked<'_>) -> Option<Checked> {
    let stated: Date = asked.stated_text(FIRST)?.parse().ok()?;
    let published = psti_update_period::published(asked)?;
    if published.is_empty() || published.contains(&stated) {
        return None;
    }
    let listed: Vec<String> = published.iter().map(ToString::to_string).collect();
    let reason = Reason::new("scheme-psti-statement-other-period")
        .with("stated", stated)
        .with("published", listed.join(", "))
        .expected_by(asked.place(psti_update_period::PUBLISHED));
    Some(
        Checked::new(Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .evidence(asked.place(FIRST), "")
            .evidence(asked.place(psti_update_period::PUBLISHED), ""),
    )
}

#[cfg(test)]
#[path = "psti_statement/tests.rs"]
mod tests;
