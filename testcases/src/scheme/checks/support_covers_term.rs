//! Support is stated at least as long as the label would run if it were given on the assessment date.

use ixit::Blame;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "support-covers-term", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Term of the label in years.
    years: u8,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters { years } = asked.parameters();
    let term = asked.facts.date.checked_add(i64::from(years).years()).ok();
    let form = asked.facts.declaration.ixit.form("user_info");
    let support = form.and_then(|form| form.companions.support.as_ref());
    let stated = support.and_then(|support| Some((support, support.value.until.as_ref()?)));
    let last = stated.and_then(|(support, until)| Some((support, until.trim().parse::<Date>().ok()?)));
    let (Some(term), Some((support, last))) = (term, last) else {
        let reason = Reason::new("scheme-support-period-not-stated")
            .expected_by("declaration:ixit.toml#user_info.support");
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    };
    let reason = |code: &str| Reason::new(code).with("until", last).with("term", term).with("years", years);
    let place = ("declaration:ixit.toml#user_info.support.until", format!("line {}", support.at.line));
    if last >= term {
        return Checked::new(Verdict::Pass, RestsOn::Declared, reason("scheme-support-covers-term"))
            .evidence(place.0, place.1);
    }
    // No clause says in so many words that support may not end earlier, so nobody fails by it.
    Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason("scheme-support-ends-within-term"))
        .blame(Blame::Documentation)
        .evidence(place.0, place.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme;
    use crate::test_facts::TestFacts;

    #[test]
    fn support_runs_as_long_as_the_label() {
        let of = |until: &str| {
            let ixit = format!("[user_info]\nsupport = {{ until = \"{until}\" }}\n");
            let bsi = scheme("bsi").expect("the scheme");
            let checked = TestFacts::declared(&ixit).checked(&CHECK, bsi, "BSI-ITSiKV, 8", "years = 2");
            (checked.verdict, checked.reason.code)
        };
        assert_eq!(of("2028-11-21"), (Verdict::Pass, "scheme-support-covers-term".to_owned()));
        let short = (Verdict::Inconclusive, "scheme-support-ends-within-term".to_owned());
        assert_eq!(of("2028-11-20"), short);
        let odd = (Verdict::Inconclusive, "scheme-support-period-not-stated".to_owned());
        assert_eq!(of("for ever"), odd);
    }
}
