//! UK PSTI, Schedule 1, paragraph 3, on its own words: the least time for which security updates come is published with
//! its last day, to be read and understood by anybody, in English; it is not shortened afterwards.

use ixit::Blame;
use jiff::civil::Date;
use serde::Deserialize;

use super::psti_reporting::in_english;
use super::psti_scope;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-update-period", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

const ENTRY: &str = "publication_of_support_period";
const DECLARED: &str = "declaration:ixit.toml#user_info.support";
/// Every last day that was ever published, in the order of publication.
pub const PUBLISHED: &str = "published_end_dates";

/// Units that show it published: what a lay user finds, open to anybody, the period as declared.
const UNITS: &[&str] = &["5.3-13-2:b", "5.3-13-2:c", "5.3-13-1:a"];
/// What a failed unit is called here, by the reason that it gives.
const CODES: &[(&str, &str)] = &[
    ("publication-behind-wall", "scheme-psti-period-walled"),
    ("publication-not-found", "scheme-psti-period-not-published"),
    ("no-publication-declared", "scheme-psti-period-not-published"),
    ("support-period-differs", "scheme-psti-period-differs"),
    ("assessor-says-no", "scheme-psti-period-not-understandable"),
];

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let last = match last_day(asked) {
        Ok(last) => last,
        Err(checked) => return *checked,
    };
    if let Some(checked) = shortened(asked, last) {
        return checked;
    }
    for unit in UNITS {
        if let Some(checked) = not_published(asked, unit) {
            return checked;
        }
    }
    let reason = Reason::new("scheme-psti-period-in-order").with("until", last);
    let mut pass = Checked::new(Verdict::Pass, RestsOn::Declared, reason)
        .evidence(format!("{DECLARED}.until"), "")
        .evidence(asked.place(PUBLISHED), "");
    for unit in UNITS {
        let items = asked.unit(unit).map(|unit| unit.items.iter()).into_iter().flatten();
        pass.evidence.extend(items.flat_map(|item| item.evidence.iter().take(2).cloned()));
    }
    in_english(asked, ENTRY, pass)
}

/// The last day as declared. A length of time alone is no defined support period.
fn last_day(asked: &Asked<'_>) -> Result<Date, Box<Checked>> {
    let open = |code: &str, stated: &str| {
        let reason = Reason::new(code).with("until", stated).expected_by(DECLARED);
        Box::new(Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation))
    };
    let form = asked.facts.declaration.ixit.form("user_info");
    let support = form.and_then(|form| form.companions.support.as_ref()).map(|support| &support.value);
    match support {
        None => Err(open("scheme-support-period-not-stated", "")),
        Some(support) => match (&support.until, support.months) {
            (Some(until), _) => {
                until.trim().parse().map_err(|_| open("scheme-support-period-no-date", until))
            }
            (None, Some(months)) => {
                let reason = Reason::new("scheme-psti-period-without-end")
                    .with("months", months)
                    .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
                Err(Box::new(
                    Checked::new(Verdict::Fail, RestsOn::Declared, reason)
                        .blame(Blame::Documentation)
                        .evidence(DECLARED, ""),
                ))
            }
            (None, None) => Err(open("scheme-support-period-not-stated", "")),
        },
    }
}

/// The last days that were published one after the other; `None` where one of them is no date.
pub fn published(asked: &Asked<'_>) -> Option<Vec<Date>> {
    let stated = asked.stated(PUBLISHED)?;
    let texts = match &stated.value {
        ixit::Value::List(list) => {
            list.iter().map(|item| item.value.as_text()).collect::<Option<Vec<_>>>()?
        }
        value => vec![value.as_text()?],
    };
    texts.into_iter().map(|text| text.trim().parse().ok()).collect()
}

/// What speaks against a period that only ever grew, and that ends as declared.
fn shortened(asked: &Asked<'_>, declared: Date) -> Option<Checked> {
    let place = asked.place(PUBLISHED);
    let open = |reason| {
        let checked = Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason);
        Some(checked.blame(Blame::Documentation).evidence(place.clone(), ""))
    };
    if asked.stated(PUBLISHED).is_none() {
        return open(asked.not_stated(PUBLISHED));
    }
    let Some(days) = published(asked).filter(|days| !days.is_empty()) else {
        return open(Reason::new("scheme-psti-end-dates-not-understood").with("key", PUBLISHED));
    };
    let all = days.iter().copied().chain([declared]).collect::<Vec<Date>>();
    if let Some(pair) = all.windows(2).find(|pair| pair[1] < pair[0]) {
        let reason = Reason::new("scheme-psti-period-shortened")
            .with("before", pair[0])
            .with("after", pair[1])
            .expected_by(&place);
        return Some(
            Checked::new(Verdict::Fail, RestsOn::Declared, reason)
                .blame(Blame::Documentation)
                .evidence(place, "")
                .evidence(format!("{DECLARED}.until"), ""),
        );
    }
    let last = *days.last().expect("looked at above");
    if last < declared {
        let reason = Reason::new("scheme-psti-extension-not-published")
            .with("published", last)
            .with("declared", declared)
            .expected_by(&place);
        return open(reason);
    }
    None
}

fn not_published(asked: &Asked<'_>, unit: &str) -> Option<Checked> {
    let result = asked.unit(unit);
    if result.is_some_and(|result| result.verdict == Verdict::Pass) {
        return None;
    }
    let items = || result.map(|result| result.items.iter()).into_iter().flatten();
    let failed = items().filter(|item| item.verdict == Verdict::Fail).find_map(|item| {
        let (_, code) = CODES.iter().find(|(seen, _)| *seen == item.reason.code)?;
        Some((item, *code))
    });
    Some(match failed {
        Some((item, code)) => {
            let reason = Reason::new(code)
                .with("seen", &item.reason.text)
                .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
            let mut checked = Checked::new(Verdict::Fail, item.rests_on, reason).blame(Blame::Documentation);
            checked.evidence.clone_from(&item.evidence);
            checked
        }
        None => {
            let seen: Vec<&str> = items().map(|item| item.reason.code.as_str()).collect();
            let reason = Reason::new("scheme-psti-publication-open")
                .with("unit", unit)
                .with("seen", if seen.is_empty() { "-".to_owned() } else { seen.join(", ") });
            let blame = items().find_map(|item| item.blame).unwrap_or(Blame::Lab);
            Checked::new(Verdict::Inconclusive, RestsOn::Observed, reason).blame(blame)
        }
    })
}

#[cfg(test)]
#[path = "psti_update_period/tests.rs"]
mod tests;
