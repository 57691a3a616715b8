//! 5.3-13: the support period is published, clear and accessible.

use ixit::Blame;
use jiff::civil::Date;
use probes::probe::public_resource::ResourceSnapshot;

use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::dates_in_text::{FoundDate, dates};
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::published::{self, Publication, open_to_anybody};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.3-13.
pub static GROUP: Group = Group {
    id: "5.3-13",
    judges: &[
        Judge {
            unit: "5.3-13-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: a_lay_user_finds_the_publication,
        },
        Judge {
            unit: "5.3-13-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: the_user_is_told_where_it_is,
        },
        Judge {
            unit: "5.3-13-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: the_publication_is_open_to_anybody,
        },
        Judge {
            unit: "5.3-13-2:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_published_period_is_the_declared_one,
        },
    ],
};

const ENTRY: &str = "publication_of_support_period";

/// Words of which one stands on every page about support.
const TOPIC: &[&str] = &[
    "support",
    "update",
    "サポート",
    "アップデート",
    "更新",
    "aktualisierung",
    "mise à jour",
    "支持",
    "지원",
];

/// Words before a last day.
const UNTIL_BEFORE: &[&str] = &[
    "until",
    "through",
    "up to",
    "ends on",
    "end on",
    "ends",
    "till",
    "expires on",
    "bis zum",
    "bis",
    "end of support:",
];
/// Words after a last day.
const UNTIL_AFTER: &[&str] = &["まで", "に終了", "をもって終了"];

/// 5.3-13-1 a: something is published; whether a user with limited technical knowledge finds it is for a person.
fn a_lay_user_finds_the_publication(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    asked_if_declared(facts, unit, Verdict::Fail)
}

/// 5.3-13-2 a: manual, box or app tell the way as declared; a person looks there.
fn the_user_is_told_where_it_is(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    asked_if_declared(facts, unit, Verdict::Inconclusive)
}

fn asked_if_declared(facts: &Facts<'_>, unit: &Unit, undeclared: Verdict) -> Vec<ItemResult> {
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(undeclared) {
        return vec![result];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(published::shown(facts, &publication));
    vec![ask(facts, unit, "-", shown, None)]
}

/// 5.3-13-2 b: a stranger who opens the declared address gets the page.
fn the_publication_is_open_to_anybody(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    open_to_anybody(facts, ENTRY, TOPIC, Verdict::Inconclusive)
}

/// 5.3-13-2 c: the page names the declared last day. Another last day in a sentence on support, and the
/// declared one nowhere, is a contradiction; everything else is read by a person.
fn the_published_period_is_the_declared_one(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(Verdict::Inconclusive) {
        return vec![result];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(published::shown(facts, &publication));
    let mut prejudgement = None;
    if let (Publication::Address { url, .. }, Some((until, reference))) =
        (&publication, declared_until(facts))
    {
        for (recorded, snapshot) in published::observed(facts, url) {
            let Some(snapshot) = snapshot.filter(|snapshot| published::whole_text(recorded, snapshot)) else {
                continue;
            };
            let found = dates(&snapshot.text);
            if found.iter().any(|date| date.readings.contains(&until)) {
                prejudgement = Some(Verdict::Pass);
            } else if let Some(other) = found.iter().find(|date| is_last_day_of_support(&snapshot.text, date))
            {
                return vec![differs(recorded, &snapshot, until, other, &reference)];
            }
            shown.extend(found.iter().map(|date| Shown {
                label: "observed.date".to_owned(),
                text: sentence(&snapshot.text, date).trim().chars().take(300).collect(),
                source: Some(recorded.reference.clone()),
            }));
        }
    }
    vec![ask(facts, unit, "-", shown, prejudgement)]
}

fn declared_until(facts: &Facts<'_>) -> Option<(Date, String)> {
    let form = facts.declaration.ixit.form("user_info")?;
    let until = form.companions.support.as_ref()?.value.until.as_ref()?.parse().ok()?;
    Some((until, form.reference("user_info", "support")))
}

fn differs(
    recorded: &Recorded,
    snapshot: &ResourceSnapshot,
    until: Date,
    other: &FoundDate,
    reference: &str,
) -> ItemResult {
    let quoted: String = sentence(&snapshot.text, other).trim().chars().take(200).collect();
    let reason = Reason::new("support-period-differs")
        .with("url", &snapshot.url)
        .with("declared", until)
        .with("published", &snapshot.text[other.start..other.end])
        .with("sentence", quoted)
        .expected_by(reference);
    ItemResult::machine("-", Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::Documentation)
        .evidence(recorded.at("text"))
        .effort(&recorded.observation.effort)
}

/// The day stands right behind "until" or before "まで", in a sentence that speaks of support before it.
fn is_last_day_of_support(text: &str, date: &FoundDate) -> bool {
    let (start, _) = bounds(text, date);
    let before = text[start..date.start].to_lowercase();
    let after = text[date.end..].trim_start_matches([' ', '日']);
    let last_day = UNTIL_BEFORE.iter().any(|word| before.trim_end().ends_with(word))
        || UNTIL_AFTER.iter().any(|word| after.starts_with(word));
    let sentence = sentence(text, date).to_lowercase();
    last_day && TOPIC.iter().any(|word| sentence.contains(word))
}

fn sentence<'t>(text: &'t str, date: &FoundDate) -> &'t str {
    let (start, end) = bounds(text, date);
    &text[start..end]
}

/// First and last byte of the sentence around a date.
fn bounds(text: &str, date: &FoundDate) -> (usize, usize) {
    const ENDS: &[&str] = &[". ", "! ", "? ", "。", "\n", ".\n"];
    let start = ENDS
        .iter()
        .filter_map(|end| text[..date.start].rfind(end).map(|at| at + end.len()))
        .max()
        .unwrap_or(0);
    let end = ENDS
        .iter()
        .filter_map(|end| text[date.end..].find(end).map(|at| date.end + at))
        .min()
        .unwrap_or(text.len());
    (start, end)
}

#[cfg(test)]
#[path = "support_period/tests.rs"]
mod tests;
