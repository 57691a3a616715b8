//! At every login that can be asked over a network, guessing takes as many days as the scheme asks, or hits with less
//! than its chance where senders are shut out for good: days = values / (guesses in 24 h × 2), chance = (senders ×
//! guesses of each) / values. Counted from the declaration, as the scheme does.

use serde::Deserialize;

use crate::judge::RestsOn;
use crate::password_strength::declared::{number, pace_of, values_in_words, values_of};
use crate::password_strength::{Pace, Span, days_over, holds_out, policy, success_over};
use crate::reason::Reason;
use crate::scheme::category::Category;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::scheme::several::Several;
use crate::verdict::Verdict;
use ixit::{Blame, Row};
use probes::EvidenceRef;

/// The check.
pub static CHECK: Check =
    Check { name: "guessing-takes-days", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Least days until a value is found on average.
    least_days: f64,
    /// The chance of a hit stays below this, 0 to 1.
    highest_success: f64,
    #[serde(default)]
    only_for: Option<Category>,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(refused) = parameters.only_for.as_ref().and_then(|category| category.refuses(asked)) {
        return refused;
    }
    let rows = asked.facts.declaration.ixit.rows("auth_mech").iter().filter(|row| !row.observed_only);
    let mut found = Several::default();
    for row in rows {
        match row.companions.network_addressable.as_ref().map(|network| network.value) {
            Some(false) => {}
            Some(true) => of_row(asked, &parameters, row, &mut found),
            None => found.adds(not_told(row)),
        }
    }
    if found.is_empty() {
        let reason = Reason::new("scheme-no-network-login");
        return Checked::new(Verdict::NotApplicable, RestsOn::Declared, reason);
    }
    let reason = Reason::new("scheme-guessing-slow-enough")
        .with("least_days", parameters.least_days)
        .with("highest", percent(parameters.highest_success));
    found.checked(RestsOn::Declared, reason)
}

fn of_row(asked: &Asked<'_>, parameters: &Parameters, row: &Row, found: &mut Several) {
    let declaration = asked.facts.declaration;
    let values = values_of(declaration, row, policy());
    let Some((values, pace)) = values.zip(pace_of(declaration, row, policy())) else {
        return found.adds(not_told(row));
    };
    let evidence = || place(row);
    let line = in_words(values, pace);
    match holds_out(values, pace, parameters.least_days, parameters.highest_success) {
        Some(true) => found.passes(format!("{}: {line}", row.id), [evidence()]),
        Some(false) => {
            let code = match pace {
                Pace::PerDay(_) => "scheme-guessing-too-fast",
                Pace::InAll(_) => "scheme-guessing-too-likely",
            };
            let reason = Reason::new(code)
                .with("row", &row.id)
                .with("least_days", parameters.least_days)
                .with("highest", percent(parameters.highest_success))
                .with("values", values_in_words(values))
                .with("found", line)
                .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
            let mut checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason);
            checked.evidence.push(evidence());
            found.adds(checked.blame(Blame::DeviceOrDocumentation));
        }
        None => {
            let reason = Reason::new("scheme-guessing-not-settled")
                .with("row", &row.id)
                .with("least_days", parameters.least_days)
                .with("highest", percent(parameters.highest_success))
                .with("found", line);
            let checked = Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason);
            found.adds(checked.blame(Blame::Documentation));
        }
    }
}

fn not_told(row: &Row) -> Checked {
    let reason = Reason::new("scheme-guessing-not-told").with("row", &row.id);
    let reason = reason.expected_by(row.reference("auth_mech", "brute_force"));
    Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
}

fn place(row: &Row) -> EvidenceRef {
    EvidenceRef { reference: row.reference("auth_mech", "brute_force"), at: String::new() }
}

/// Days, or the chance of a hit; of a span the end that is worse for the device.
fn in_words(values: Span, pace: Pace) -> String {
    match pace {
        Pace::PerDay(guesses) => format!("{} days", number(days_over(values, guesses).least)),
        Pace::InAll(guesses) => percent(success_over(values, guesses).most),
    }
}

fn percent(chance: f64) -> String {
    format!("{} %", number(chance * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::TestFacts;

    const WITH: &str = "least_days = 100.0\nhighest_success = 0.01\n";

    /// Six digits drawn by a machine: 1,000,000 values.
    fn digits(brute_force: &str, category: &str) -> TestFacts {
        let ixit = format!(
            "[[auth_mech]]\nid = \"Login\"\nnetwork_addressable = true\n\
             factor = {{ kind = \"pin\", user_defined = false, pre_installed = true }}\n\
             generation = {{ inputs = [\"random\"], length = 6, alphabet_size = 10 }}\n{brute_force}\n"
        );
        TestFacts::submitted(&ixit, &format!("[cls]\ncategory = \"{category}\"\n"))
    }

    fn of(brute_force: &str) -> (Verdict, String) {
        let checked = judged(&CHECK, &digits(brute_force, "anything"), WITH);
        assert!(checked.verdict == Verdict::Inconclusive || !checked.evidence.is_empty());
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn ninety_days_fail_and_a_hundred_and_twenty_pass() {
        // One guess each 18 s: 4,800 a day, 104.2 days. One each 17 s: 98.4 days.
        let slowed =
            |seconds: u32| format!("brute_force = {{ delay_seconds = {seconds}, per_sender = false }}");
        assert_eq!(of(&slowed(18)), (Verdict::Pass, "scheme-guessing-slow-enough".to_owned()));
        assert_eq!(of(&slowed(17)), (Verdict::Fail, "scheme-guessing-too-fast".to_owned()));
    }

    #[test]
    fn a_sender_that_is_shut_out_for_good_leaves_a_chance() {
        // 254 senders: 39 guesses of each are 0.99 %, 40 are 1.02 %.
        let shut = |failures: u32| {
            format!("brute_force = {{ failures = {failures}, permanent = true, per_sender = true }}")
        };
        assert_eq!(of(&shut(39)), (Verdict::Pass, "scheme-guessing-slow-enough".to_owned()));
        assert_eq!(of(&shut(40)), (Verdict::Fail, "scheme-guessing-too-likely".to_owned()));
    }

    #[test]
    fn a_defence_that_nobody_declares_passes_nothing() {
        assert_eq!(of(""), (Verdict::Inconclusive, "scheme-guessing-not-told".to_owned()));
        // Whether the delay holds for one sender or for all decides here.
        let unclear = of("brute_force = { delay_seconds = 18 }");
        assert_eq!(unclear, (Verdict::Inconclusive, "scheme-guessing-not-settled".to_owned()));
    }

    #[test]
    fn a_number_is_not_applied_to_another_category() {
        let with = format!("{WITH}only_for = {{ stated_in = \"cls\", one_of = [\"home-gateway\"] }}\n");
        let slow = "brute_force = { delay_seconds = 17, per_sender = false }";
        let checked = judged(&CHECK, &digits(slow, "water-heater"), &with);
        assert_eq!(
            (checked.verdict, checked.reason.code.as_str()),
            (Verdict::Inconclusive, "scheme-category-other")
        );
        assert_eq!(judged(&CHECK, &digits(slow, "home-gateway"), &with).verdict, Verdict::Fail);
    }

    #[test]
    fn without_a_login_over_a_network_there_is_nothing_to_guess() {
        let button = TestFacts::declared("[[auth_mech]]\nid = \"Button\"\nnetwork_addressable = false\n");
        assert_eq!(judged(&CHECK, &button, WITH).verdict, Verdict::NotApplicable);
    }
}
