//! UK PSTI: whether the regime covers the product (Act 2022, sections 4 to 6 and 54; Regulations 2023, Schedule 3).
//!
//! That is a question of law and of the market, so the supplier answers it. What the run shows to the contrary is said.

use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-scope", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// How the product connects: the key and what it may say.
const CONNECTS: &str = "connectability";
const CONNECTIONS: &[&str] = &["internet", "network", "none"];
/// Whether units are made available to consumers in the United Kingdom.
const FOR_CONSUMERS: &str = "for_uk_consumers";
/// The exception of Schedule 3: the key and what it may say.
const EXCEPTED: &str = "excepted";
const EXCEPTIONS: &[&str] =
    &["none", "northern-ireland", "charge-point", "medical-device", "smart-meter", "computer", "vehicle"];

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = outside(asked) {
        return outside;
    }
    let mut checked = None;
    for (key, allowed) in [(CONNECTS, CONNECTIONS), (EXCEPTED, EXCEPTIONS)] {
        let stated = asked.stated_text(key);
        if stated.is_none_or(|stated| !allowed.contains(&stated)) {
            let reason = match stated {
                None => asked.not_stated(key),
                Some(stated) => Reason::new("scheme-psti-not-understood")
                    .with("key", key)
                    .with("stated", stated)
                    .with("allowed", allowed.join(", "))
                    .expected_by(asked.place(key)),
            };
            checked.get_or_insert(reason);
        }
    }
    if asked.stated_flag(FOR_CONSUMERS).is_none() {
        checked.get_or_insert(asked.not_stated(FOR_CONSUMERS));
    }
    if let Some(reason) = checked {
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    // Nothing that says "none" or "no" comes this far but a contradiction.
    if let Some(row) = contradiction(asked) {
        let reason = Reason::new("scheme-psti-connects-after-all").with("row", row);
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .evidence(asked.place(CONNECTS), "");
    }
    let reason =
        Reason::new("scheme-psti-covered").with("connects", asked.stated_text(CONNECTS).unwrap_or_default());
    [CONNECTS, FOR_CONSUMERS, EXCEPTED]
        .into_iter()
        .fold(Checked::new(Verdict::Pass, RestsOn::Declared, reason), |checked, key| {
            checked.evidence(asked.place(key), "")
        })
}

/// N/A where the supplier states that the regime does not cover the product, and nothing contradicts that.
pub fn outside(asked: &Asked<'_>) -> Option<Checked> {
    let not_covered = |code: &str, key: &str, stated: &str| {
        let reason = Reason::new(code).with("stated", stated).with("key", key);
        let checked = Checked::new(Verdict::NotApplicable, RestsOn::Declared, reason);
        Some(checked.evidence(asked.place(key), ""))
    };
    if let Some(exception) = asked.stated_text(EXCEPTED).filter(|stated| *stated != "none")
        && EXCEPTIONS.contains(&exception)
    {
        return not_covered("scheme-psti-excepted", EXCEPTED, exception);
    }
    if asked.stated_flag(FOR_CONSUMERS) == Some(false) {
        return not_covered("scheme-psti-not-for-consumers", FOR_CONSUMERS, "false");
    }
    if asked.stated_text(CONNECTS) == Some("none") && contradiction(asked).is_none() {
        return not_covered("scheme-psti-not-connectable", CONNECTS, "none");
    }
    None
}

/// A row that is reached by Internet protocols, where none is said to be there.
fn contradiction<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    if asked.stated_text(CONNECTS) != Some("none") {
        return None;
    }
    let ixit = &asked.facts.declaration.ixit;
    let rows = ixit.tables.keys().flat_map(|table| ixit.rows(table));
    rows.into_iter().find(|row| !row.companions.endpoint.is_empty()).map(|row| row.id.as_str())
}

#[cfg(test)]
#[path = "psti_scope/tests.rs"]
mod tests;
