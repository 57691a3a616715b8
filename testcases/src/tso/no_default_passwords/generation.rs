//! 5.1-2: pre-installed passwords are made so that automated attacks on a whole class of devices fail.

use ixit::companion::Generation;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::label_passwords;
use crate::logins::{CommonTrial, common_credentials, merged};
use crate::password_strength::{self, Pace, Span, declared, elsewhere, holds_out, of_generation, policy};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.1-2.
pub static GROUP: Group = Group {
    id: "5.1-2",
    judges: &[
        Judge {
            unit: "5.1-2-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_generator_has_no_regularity,
        },
        Judge {
            unit: "5.1-2-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_generator_has_no_common_pattern,
        },
        Judge {
            unit: "5.1-2-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_generator_uses_no_public_data,
        },
        Judge {
            unit: "5.1-2-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_passwords_are_complex_enough,
        },
        Judge {
            unit: "5.1-2-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["label-password", "http-login", "network-login"],
            judge: the_passwords_agree_with_the_generator,
        },
    ],
};

/// Inputs that follow one another from unit to unit.
const REGULAR: &[&str] = &["counter", "date"];
/// Inputs that put the same string into many passwords.
const COMMON: &[&str] = &["constant", "model"];
/// Inputs that an outsider reads on the air or the label.
const PUBLIC: &[&str] = &["mac", "serial", "ssid"];

/// 5.1-2-1 a: a generator fed by a counter or a date gives passwords that follow one another.
fn the_generator_has_no_regularity(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| look_at_inputs(item, REGULAR, "generation-has-regularity"))
}

/// 5.1-2-1 b: constants and model names put the same string into many passwords.
fn the_generator_has_no_common_pattern(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| look_at_inputs(item, COMMON, "generation-has-common-pattern"))
}

/// 5.1-2-1 c: what an outsider can read on the air or the label makes no password.
fn the_generator_uses_no_public_data(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| look_at_inputs(item, PUBLIC, "generation-uses-public-data"))
}

/// Chance alone makes neither regularities nor patterns nor a way back to public data. Bad inputs contradict the
/// criterion where nothing secret goes in beside them; mixed with a secret, whether they shine through is for a person
/// to say, and so is what becomes of a secret of the device.
fn look_at_inputs(item: &Item<'_>, bad: &[&str], code: &str) -> Look {
    let Some(generation) = item.row.companions.generation.as_ref().map(|generation| &generation.value) else {
        return Look::question(item, &[], None);
    };
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &item.row.id)
            .with("inputs", generation.inputs.join(", "))
            .expected_by("criterion")
    };
    if password_strength::is_random_alone(generation) {
        return Look::Met { reason: reason("generation-by-chance-alone"), shown_by: "generation" };
    }
    let found: Vec<&str> =
        generation.inputs.iter().map(String::as_str).filter(|input| bad.contains(input)).collect();
    let secret = password_strength::holds_secret(generation);
    if !found.is_empty() && !secret {
        let reason = reason(code).with("found", found.join(", "));
        return Look::Contradiction { reason, shown_by: "generation" };
    }
    let prejudgement = match (found.is_empty(), secret) {
        (true, true) => Some(Verdict::Pass),
        _ => None,
    };
    Look::question(item, &["generation"], prejudgement)
}

/// 5.1-2-1 d: what inputs, length and alphabet leave is the number of passwords that an attacker who knows the scheme
/// has to try at most. So many that nothing has to slow guessing down are enough; fewer are set against what the declared
/// defence of the same mechanism lets through.
fn the_passwords_are_complex_enough(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let policy = policy();
    each_row(facts, unit, |item| {
        let keys = &["generation", "brute_force"];
        let generation = item.row.companions.generation.as_ref().map(|generation| &generation.value);
        let Some((generation, values)) =
            generation.and_then(|generation| Some((generation, of_generation(generation, policy)?)))
        else {
            return Look::question(item, keys, None);
        };
        let calculation = calculation(generation, values);
        let reason = |code: &str, needed: f64, defence: String| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("calculation", &calculation)
                .with("elsewhere", declared::number(elsewhere(generation, policy).max(values.most)))
                .with("needed", declared::number(needed))
                .with("defence", defence)
                .with("policy", format!("{} {}", policy.name, policy.date))
                .expected_by(policy::FILE)
        };
        let too_low = |needed, defence| Look::Contradiction {
            reason: reason("complexity-too-low", needed, defence),
            shown_by: "generation",
        };
        let enough = |needed, defence| Look::Met {
            reason: reason("complexity-suffices", needed, defence),
            shown_by: "generation",
        };
        if values.most < policy.least_values {
            return too_low(policy.least_values, "-".to_owned());
        }
        if values.least >= policy.values_without_limit {
            return enough(policy.values_without_limit, "-".to_owned());
        }
        let told =
            item.row.companions.brute_force.is_some() || item.row.text("brute_force_prevention").is_some();
        let pace = match declared::pace_of(facts.declaration, item.row, policy) {
            // Nothing slows guessing down.
            None if !told => Some(Pace::PerDay(Span::exactly(policy.guesses_per_second * 86_400.0))),
            known => known,
        };
        let held = pace.and_then(|pace| holds_out(values, pace, policy.least_days, policy.highest_success));
        let needed = pace.map(|pace| declared::needed(pace, policy));
        let look = match (held, needed) {
            (Some(false), Some((needed, defence))) => return too_low(needed, defence),
            (Some(true), Some((needed, defence))) if told => return enough(needed, defence),
            _ => Look::question(item, keys, None).computed("computed", calculation),
        };
        declared::by_schemes(facts.declaration, item.row, policy)
            .into_iter()
            .fold(look, |look, line| look.computed("computed.scheme", line))
    })
}

/// `12 x log2(54): 6.14e20 (69.1 bit)`, with the inputs.
fn calculation(generation: &Generation, values: Span) -> String {
    let length = generation.length.map_or_else(|| "?".to_owned(), |length| length.to_string());
    let alphabet = password_strength::alphabet(generation).map_or_else(|| "?".to_owned(), declared::in_words);
    let inputs = generation.inputs.join(", ");
    format!("{alphabet}^{length}, {inputs}: {}", declared::values_in_words(values))
}

/// 5.1-2-2 a: nothing that the labels of several samples show contradicts the declared generator, and no login
/// takes a common credential, which no such generator makes.
fn the_passwords_agree_with_the_generator(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let tried = common_credentials(facts);
    let shown = |row: &str| tried.iter().filter(|trial| trial.row == row).map(CommonTrial::shown).collect();
    let rows = label_passwords::agree_with_the_generator(facts, unit, shown);
    let failed: Vec<ItemResult> = tried
        .iter()
        .filter(|trial| rows.iter().any(|result| result.item == trial.row))
        .filter_map(|trial| trial.accepted())
        .collect();
    merged(rows, failed)
}

#[cfg(test)]
#[path = "generation/tests.rs"]
mod tests;
