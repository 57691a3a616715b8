//! The support period is stated with its last day, and that day lies ahead of the assessment.

use jiff::civil::Date;
use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check =
    Check { name: "support-period", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    let date = asked.facts.date;
    let form = asked.facts.declaration.ixit.form("user_info");
    let stated = form.and_then(|form| form.companions.support.as_ref());
    let Some((support, until)) = stated.and_then(|support| Some((support, support.value.until.as_ref()?)))
    else {
        let reason = Reason::new("scheme-support-period-not-stated")
            .expected_by("declaration:ixit.toml#user_info.support");
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    };
    let reason = |code: &str| Reason::new(code).with("until", until).with("date", date);
    let (verdict, reason) = match until.trim().parse::<Date>() {
        Ok(last) if last >= date => (Verdict::Pass, reason("scheme-support-period-runs")),
        Ok(_) => (Verdict::Fail, reason("scheme-support-period-over")),
        Err(_) => (Verdict::Inconclusive, reason("scheme-support-period-no-date")),
    };
    let checked = Checked::new(verdict, RestsOn::Declared, reason)
        .evidence("declaration:ixit.toml#user_info.support.until", format!("line {}", support.at.line));
    if verdict == Verdict::Pass { checked } else { checked.blame(Blame::Documentation) }
}
