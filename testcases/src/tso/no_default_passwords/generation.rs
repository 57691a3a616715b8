//! 5.1-2: pre-installed passwords are made so that automated attacks on a whole class of devices fail.

use ixit::companion::Generation;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::label_passwords;
use crate::logins::{CommonTrial, common_credentials, merged};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.1-2.
pub static GROUP: Group = Group {
    id: "5.1-2",
    judges: &[
        Judge {
            unit: "5.1-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_generator_has_no_regularity,
        },
        Judge {
            unit: "5.1-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_generator_has_no_common_pattern,
        },
        Judge {
            unit: "5.1-2-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_generator_uses_no_public_data,
        },
        Judge {
            unit: "5.1-2-1:d",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
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

/// Entropy that guessing without any limit cannot search, in bits.
const BITS_WITHOUT_LOCKOUT: f64 = 40.0;
/// Entropy below which no lock-out helps against guesses spread over many devices, in bits.
const BITS_AT_LEAST: f64 = 20.0;

/// 5.1-2-1 a: a generator fed by a counter gives passwords that follow one another.
fn the_generator_has_no_regularity(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| look_at_inputs(item, &["counter"], "generation-has-regularity"))
}

/// 5.1-2-1 b: constants and model names put the same string into many passwords.
fn the_generator_has_no_common_pattern(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        look_at_inputs(item, &["constant", "model"], "generation-has-common-pattern")
    })
}

/// 5.1-2-1 c: what an outsider can read on the air or the label makes no password.
fn the_generator_uses_no_public_data(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        look_at_inputs(item, &["mac", "serial", "ssid"], "generation-uses-public-data")
    })
}

/// Public or regular inputs contradict the criterion where nothing secret goes in beside them; mixed with
/// a secret, whether they shine through is for a person to say.
fn look_at_inputs(item: &Item<'_>, bad: &[&str], code: &str) -> Look {
    let Some(generation) = item.row.companions.generation.as_ref().map(|generation| &generation.value) else {
        return Look::question(item, &[], None);
    };
    let found: Vec<&str> =
        generation.inputs.iter().map(String::as_str).filter(|input| bad.contains(input)).collect();
    if found.is_empty() {
        let known = !generation.inputs.is_empty();
        return Look::question(item, &["generation"], known.then_some(Verdict::Pass));
    }
    if holds_secret(generation) {
        return Look::question(item, &["generation"], None);
    }
    Look::Contradiction {
        reason: Reason::new(code)
            .with("row", &item.row.id)
            .with("inputs", generation.inputs.join(", "))
            .with("found", found.join(", "))
            .expected_by("criterion"),
        shown_by: "generation",
    }
}

fn holds_secret(generation: &Generation) -> bool {
    generation.inputs.iter().any(|input| matches!(input.as_str(), "random" | "per-device-secret"))
}

/// 5.1-2-1 d: length and alphabet give the number of passwords that an attacker who knows the scheme has
/// to try at most.
fn the_passwords_are_complex_enough(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let generation = item.row.companions.generation.as_ref().map(|generation| &generation.value);
        let Some((length, alphabet)) =
            generation.and_then(|generation| Some((generation.length?, generation.alphabet_size?)))
        else {
            return Look::question(item, &["generation", "brute_force"], None);
        };
        let bits = f64::from(length) * f64::from(alphabet.max(1)).log2();
        let limited =
            item.row.companions.brute_force.is_some() || item.row.text("brute_force_prevention").is_some();
        let needed = if limited { BITS_AT_LEAST } else { BITS_WITHOUT_LOCKOUT };
        let calculation = format!("{length} × log2({alphabet}) = {bits:.1} bit");
        if bits < needed {
            return Look::Contradiction {
                reason: Reason::new("complexity-too-low")
                    .with("row", &item.row.id)
                    .with("calculation", calculation)
                    .with("bits", format!("{bits:.1}"))
                    .with("needed", needed)
                    .expected_by("criterion"),
                shown_by: "generation",
            };
        }
        let prejudgement = (bits >= BITS_WITHOUT_LOCKOUT).then_some(Verdict::Pass);
        Look::question(item, &["generation", "brute_force"], prejudgement).computed("computed", calculation)
    })
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
mod tests {
    use ixit::Blame;

    use super::*;
    use crate::judge::RestsOn;
    use crate::test_facts::TestFacts;

    fn row(generation: &str) -> TestFacts {
        TestFacts::declared(&format!(
            "[[auth_mech]]\nid = \"AuthMech-Label\"\nsubject = \"user\"\ndescription = \"Label\"\n\
             factor = {{ kind = \"password\", user_defined = false, pre_installed = true, used_outside_factory_default = true }}\n{generation}\n"
        ))
    }

    fn inputs(list: &str) -> TestFacts {
        row(&format!("generation = {{ inputs = [{list}], length = 12, alphabet_size = 54 }}"))
    }

    #[test]
    fn a_random_generator_is_put_to_a_person_with_a_prejudgement() {
        for unit in ["5.1-2-1:a", "5.1-2-1:b", "5.1-2-1:c", "5.1-2-1:d"] {
            let facts = inputs("\"random\"");
            let result = facts.judge_one(unit);
            let open = result.open.expect("a person decides");
            assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{unit}");
            assert_eq!(open.prejudgement, Some(Verdict::Pass), "{unit}");
            assert!(open.shown.iter().any(|shown| shown.label == "auth_mech.generation"), "{unit}");
            let decided = facts.answered(unit, "AuthMech-Label", "yes").judge_one(unit);
            assert_eq!((decided.verdict, decided.by), (Verdict::Pass, By::Assisted), "{unit}");
        }
    }

    #[test]
    fn each_bad_input_fails_its_own_unit_and_no_other() {
        for (input, wanted) in [
            ("\"counter\"", [("5.1-2-1:a", "generation-has-regularity")]),
            ("\"constant\"", [("5.1-2-1:b", "generation-has-common-pattern")]),
            ("\"model\"", [("5.1-2-1:b", "generation-has-common-pattern")]),
            ("\"mac\"", [("5.1-2-1:c", "generation-uses-public-data")]),
            ("\"serial\", \"date\"", [("5.1-2-1:c", "generation-uses-public-data")]),
        ] {
            let facts = inputs(input);
            for unit in ["5.1-2-1:a", "5.1-2-1:b", "5.1-2-1:c", "5.1-2-1:d"] {
                let result = facts.judge_one(unit);
                match wanted.iter().find(|(failing, _)| *failing == unit) {
                    Some((_, code)) => {
                        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, *code));
                        assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Declared));
                        assert_eq!(result.blame, Some(Blame::Documentation));
                        assert_eq!(
                            result.evidence[0].reference,
                            "declaration:ixit.toml#auth_mech[0].generation"
                        );
                    }
                    None => assert!(result.open.is_some(), "{input} leaves {unit} to a person"),
                }
            }
        }
    }

    #[test]
    fn a_secret_beside_the_public_input_leaves_it_to_a_person() {
        for (input, unit) in [
            ("\"mac\", \"per-device-secret\"", "5.1-2-1:c"),
            ("\"counter\", \"random\"", "5.1-2-1:a"),
            ("\"constant\", \"random\"", "5.1-2-1:b"),
        ] {
            let open = inputs(input).judge_one(unit).open.expect("asked");
            assert_eq!(open.prejudgement, None);
        }
    }

    #[test]
    fn prose_without_companion_is_neither_failed_nor_prejudged() {
        let facts = row("password_generation_mechanism = \"The serial number\"");
        for unit in ["5.1-2-1:a", "5.1-2-1:c", "5.1-2-1:d"] {
            let open = facts.judge_one(unit).open.expect("asked");
            assert_eq!(open.prejudgement, None, "{unit}");
        }
    }

    #[test]
    fn complexity_is_arithmetic_against_the_declared_limit_on_guesses() {
        let four_digits = "generation = { inputs = [\"random\"], length = 4, alphabet_size = 10 }";
        let eight_digits = "generation = { inputs = [\"random\"], length = 8, alphabet_size = 10 }";
        let lockout = "brute_force = { failures = 5, lockout_seconds = 60 }";
        let result = row(four_digits).judge_one("5.1-2-1:d");
        assert_eq!(result.reason.code, "complexity-too-low");
        assert_eq!(result.reason.args["calculation"], "4 × log2(10) = 13.3 bit");
        assert_eq!(result.reason.args["needed"], "40");
        let result = row(&format!("{four_digits}\n{lockout}")).judge_one("5.1-2-1:d");
        assert_eq!((result.verdict, result.reason.args["needed"].as_str()), (Verdict::Fail, "20"));
        let result = row(eight_digits).judge_one("5.1-2-1:d");
        assert_eq!(result.verdict, Verdict::Fail);
        let open = row(&format!("{eight_digits}\n{lockout}")).judge_one("5.1-2-1:d").open.expect("asked");
        assert_eq!(open.prejudgement, None);
        let prose = "brute_force_prevention = \"Locks for a minute after five failures\"";
        assert!(row(&format!("{eight_digits}\n{prose}")).judge_one("5.1-2-1:d").open.is_some());
    }

    #[test]
    fn nothing_pre_installed_is_a_vacuous_pass_only_if_it_was_said() {
        let none = TestFacts::declared(
            "[[auth_mech]]\nid = \"A\"\nfactor = { kind = \"password\", user_defined = true, pre_installed = false }\n",
        );
        let result = none.judge_one("5.1-2-1:a");
        assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
        let silent = TestFacts::declared("").judge_one("5.1-2-1:a");
        assert_eq!(
            (silent.verdict, silent.reason.code.as_str()),
            (Verdict::Inconclusive, "table-not-stated")
        );
    }
}
