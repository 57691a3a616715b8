//! UK PSTI, Schedule 1, paragraph 2, on its own words: a point of contact is published, and when a reporter hears of the
//! receipt and of the state of things until the matter is settled; without asking for it, in English, free of charge,
//! without asking for personal data.
//!
//! A stranger who gave nothing and read all of it has shown the most of that.

use ixit::Blame;
use serde::Deserialize;

use super::psti_scope;
use crate::assessment::ItemRecord;
use crate::english_in_text::is_english;
use crate::judge::RestsOn;
use crate::published::{self, Publication};
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::times_in_text::sentences;
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-reporting", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

const ENTRY: &str = "publication_of_vulnerability_disclosure_policy";
/// The policy is open to a stranger.
const OPEN: &str = "5.2-1-2:a";
/// It names a contact and the times.
const COMPLETE: &str = "5.2-1-2:b";

/// Requests for personal data.
const REQUESTS: &[&str] = &[
    "enter your",
    "give us your",
    "fill in your",
    "provide your",
    "tell us your",
    "leave your",
    "register",
    "sign up",
    "create an account",
];
/// What somebody wants who only wants to know how to report.
const TO_KNOW: &[&str] = &[
    "to read",
    "to see",
    "to view",
    "to learn",
    "to get",
    "to find out",
    "to receive",
    "before you",
    "how to report",
];

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    for (unit, codes) in [(OPEN, OPEN_CODES), (COMPLETE, COMPLETE_CODES)] {
        if let Some(checked) = not_shown(asked, unit, codes) {
            return checked;
        }
    }
    let mut pass = Checked::new(
        Verdict::Pass,
        RestsOn::Observed,
        Reason::new("scheme-psti-reporting-in-order").with("url", address(asked)),
    );
    for unit in [OPEN, COMPLETE] {
        let items = asked.unit(unit).map(|unit| unit.items.iter()).into_iter().flatten();
        pass.evidence.extend(items.flat_map(|item| item.evidence.iter().cloned()));
    }
    in_english(asked, ENTRY, pass)
}

/// What a failed unit is called here, by the reason that it gives. Others are no matter of this law.
const OPEN_CODES: &[(&str, &str)] = &[
    ("publication-behind-wall", "scheme-psti-reporting-walled"),
    ("publication-not-found", "scheme-psti-reporting-missing"),
    ("no-publication-declared", "scheme-psti-reporting-missing"),
];
const COMPLETE_CODES: &[(&str, &str)] = &[
    ("policy-without-timeline", "scheme-psti-reporting-incomplete"),
    ("policy-without-contact", "scheme-psti-reporting-incomplete"),
];

fn not_shown(asked: &Asked<'_>, unit: &str, codes: &[(&str, &str)]) -> Option<Checked> {
    let result = asked.unit(unit);
    if result.is_some_and(|result| result.verdict == Verdict::Pass) {
        return None;
    }
    let items = || result.map(|result| result.items.iter()).into_iter().flatten();
    let failed = items().filter(|item| item.verdict == Verdict::Fail).find_map(|item| {
        let (_, code) = codes.iter().find(|(seen, _)| *seen == item.reason.code)?;
        Some((item, *code))
    });
    let blame = items().find_map(|item| item.blame).unwrap_or(Blame::Lab);
    Some(match failed {
        Some((item, code)) => against(asked, item, code),
        None => {
            let seen: Vec<&str> = items().map(|item| item.reason.code.as_str()).collect();
            let reason = Reason::new("scheme-psti-publication-open")
                .with("unit", unit)
                .with("seen", if seen.is_empty() { "-".to_owned() } else { seen.join(", ") });
            Checked::new(Verdict::Inconclusive, RestsOn::Observed, reason).blame(blame)
        }
    })
}

fn against(asked: &Asked<'_>, item: &ItemRecord, code: &str) -> Checked {
    let request = asks_for_data(asked);
    let code = if request.is_some() { "scheme-psti-personal-data-asked" } else { code };
    let reason = Reason::new(code)
        .with("url", address(asked))
        .with("seen", &item.reason.text)
        .with("sentence", request.unwrap_or_default())
        .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
    let mut checked = Checked::new(Verdict::Fail, item.rests_on, reason).blame(Blame::Documentation);
    checked.evidence.clone_from(&item.evidence);
    checked
}

/// A sentence of the page that asks somebody for personal data who only wants to know how to report.
fn asks_for_data(asked: &Asked<'_>) -> Option<String> {
    let snapshots = published::observed(asked.facts, &address(asked));
    snapshots.into_iter().filter_map(|(_, snapshot)| snapshot).find_map(|snapshot| {
        sentences(&snapshot.text).into_iter().find_map(|sentence| {
            let lower = sentence.to_lowercase();
            let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
            (holds(REQUESTS) && holds(TO_KNOW)).then(|| sentence.trim().to_owned())
        })
    })
}

fn address(asked: &Asked<'_>) -> String {
    match Publication::of(asked.facts, ENTRY) {
        Publication::Address { url, .. } => url,
        _ => "-".to_owned(),
    }
}

/// The result, unless the page of an entry is not known to be in English.
pub fn in_english(asked: &Asked<'_>, entry: &str, result: Checked) -> Checked {
    let url = match Publication::of(asked.facts, entry) {
        Publication::Address { url, .. } => url,
        _ => String::new(),
    };
    let seen = published::observed(asked.facts, &url);
    let english = |snapshot: &probes::probe::public_resource::ResourceSnapshot| is_english(&snapshot.text);
    let read: Vec<_> =
        seen.iter().filter_map(|(recorded, snapshot)| Some((recorded, snapshot.as_ref()?))).collect();
    if read.iter().any(|(_, snapshot)| english(snapshot)) {
        return result;
    }
    let reason = Reason::new("scheme-psti-not-in-english")
        .with("url", if url.is_empty() { "-" } else { &url })
        .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
    let mut open = Checked::new(Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Documentation);
    open.evidence.extend(read.iter().map(|(recorded, _)| recorded.at("text")));
    open
}

#[cfg(test)]
#[path = "psti_reporting/tests.rs"]
mod tests;
