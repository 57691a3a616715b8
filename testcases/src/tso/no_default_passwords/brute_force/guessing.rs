//! 5.1-5-1: what a mechanism takes, set against what its declared defence lets through.

use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::password_strength::{
    Pace, Policy, Span, days_over, declared, guesses_per_day, holds_out, policy, success_over,
};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.1-5-1 a: a mechanism reachable over the network has a declared defence, and with what it lets through a value is
/// found too late or too rarely. Doors to the same value add up. Where the companions leave open how many values there
/// are, or how fast they can be tried, a person decides, who is shown what is known.
pub(super) fn the_declared_defence_makes_guessing_impracticable(
    facts: &Facts<'_>,
    unit: &Unit,
) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        if row.companions.brute_force.is_none() {
            let values = declared::values_of(facts.declaration, row, policy());
            return without_figures(facts, item, values);
        }
        let policy = policy();
        let values = declared::values_of(facts.declaration, row, policy);
        let pace = declared::pace_of(facts.declaration, row, policy);
        if let Some((values, pace)) = values.zip(pace)
            && let Some(held) = holds_out(values, pace, policy.least_days, policy.highest_success)
        {
            return weighed(facts, item, values, pace, held);
        }
        open(facts, item, values, pace)
    })
}

/// A mechanism whose defence is told in words alone. None at all fails, unless there are so many values that nothing has
/// to slow guessing down.
fn without_figures(facts: &Facts<'_>, item: &Item<'_>, values: Option<Span>) -> Look {
    let enough = values.is_some_and(|values| values.least >= policy().values_without_limit);
    match required(item, "brute_force_prevention", "no-defence-declared") {
        Err(look @ Look::Contradiction { .. }) if !enough => look,
        Err(look @ Look::Open { .. }) => look,
        Ok(_) | Err(_) => {
            let mut look = Look::question(item, &["generation", "set_up"], enough.then_some(Verdict::Pass));
            if let Some(values) = values {
                look = look.computed("computed.values", declared::values_in_words(values));
            }
            declared::by_schemes(facts.declaration, item.row, policy())
                .into_iter()
                .fold(look, |look, line| look.computed("computed.scheme", line))
        }
    }
}

fn weighed(facts: &Facts<'_>, item: &Item<'_>, values: Span, pace: Pace, held: bool) -> Look {
    let policy = policy();
    let doors: Vec<&str> =
        declared::doors(facts.declaration, item.row).into_iter().map(|row| row.id.as_str()).collect();
    let reason = |code: &str| {
        let reason = Reason::new(code)
            .with("row", &item.row.id)
            .with("doors", doors.join(", "))
            .with("values", declared::values_in_words(values))
            .with("policy", format!("{} {}", policy.name, policy.date))
            .expected_by(policy_file());
        match pace {
            Pace::PerDay(guesses) => reason
                .with("guesses", declared::in_words(guesses))
                .with("days", declared::in_words(days_over(values, guesses)))
                .with("least", declared::number(policy.least_days)),
            Pace::InAll(guesses) => reason
                .with("guesses", declared::in_words(guesses))
                .with("chance", percent(success_over(values, guesses)))
                .with("highest", percent(Span::exactly(policy.highest_success))),
        }
    };
    let code = match (pace, held) {
        (Pace::PerDay(_), true) => "guessing-takes-too-long",
        (Pace::PerDay(_), false) => "guessing-is-quick",
        (Pace::InAll(_), true) => "guessing-hits-rarely",
        (Pace::InAll(_), false) => "guessing-hits-often",
    };
    let (reason, shown_by) = (reason(code), "brute_force");
    if held { Look::Met { reason, shown_by } } else { Look::Contradiction { reason, shown_by } }
}

/// What is known, for a person.
fn open(facts: &Facts<'_>, item: &Item<'_>, values: Option<Span>, pace: Option<Pace>) -> Look {
    let policy: &Policy = policy();
    let mut look = Look::question(item, &["brute_force", "generation", "set_up"], None);
    let defence = item.row.companions.brute_force.as_ref().map(|defence| &defence.value);
    if let Some(guesses) = defence.and_then(guesses_per_day) {
        look = look.computed("computed.guesses_per_day", format!("{guesses:.0}"));
    }
    if let Some(values) = values {
        look = look.computed("computed.values", declared::values_in_words(values));
    }
    if let Some(pace) = pace {
        let (needed, pace) = declared::needed(pace, policy);
        look =
            look.computed("computed.pace", pace).computed("computed.values_needed", declared::number(needed));
    }
    declared::by_schemes(facts.declaration, item.row, policy)
        .into_iter()
        .fold(look, |look, line| look.computed("computed.scheme", line))
}

fn percent(span: Span) -> String {
    let one = |part: f64| format!("{:.3} %", part * 100.0);
    if span.is_closed() { one(span.most) } else { format!("{} to {}", one(span.least), one(span.most)) }
}

fn policy_file() -> &'static str {
    crate::password_strength::policy::FILE
}

#[cfg(test)]
#[path = "guessing_tests.rs"]
mod tests;
