use ixit::Blame;

use super::*;
use crate::judge::RestsOn;
use crate::test_facts::TestFacts;

const UNITS: [&str; 4] = ["5.1-2-1:a", "5.1-2-1:b", "5.1-2-1:c", "5.1-2-1:d"];

fn row(generation: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[auth_mech]]\nid = \"AuthMech-Label\"\nsubject = \"user\"\ndescription = \"Label\"\n\
         factor = {{ kind = \"password\", user_defined = false, pre_installed = true, used_outside_factory_default = true }}\n{generation}\n"
    ))
}

fn inputs(list: &str) -> TestFacts {
    row(&format!("generation = {{ inputs = [{list}], length = 12, alphabet_size = 54 }}"))
}

fn drawn(length: u32, alphabet: u32, defence: &str) -> ItemResult {
    row(&format!(
        "generation = {{ inputs = [\"random\"], length = {length}, alphabet_size = {alphabet} }}\n{defence}"
    ))
    .judge_one("5.1-2-1:d")
}

#[test]
fn passwords_drawn_by_chance_alone_pass_without_a_person() {
    for unit in UNITS {
        let result = inputs("\"random\"").judge_one(unit);
        let code = if unit.ends_with('d') { "complexity-suffices" } else { "generation-by-chance-alone" };
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, code), "{unit}");
        assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Declared));
        assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].generation");
    }
}

#[test]
fn each_bad_input_fails_its_own_unit_and_the_complexity_that_it_leaves() {
    for (input, failing, code) in [
        ("\"counter\"", "5.1-2-1:a", "generation-has-regularity"),
        ("\"date\"", "5.1-2-1:a", "generation-has-regularity"),
        ("\"constant\"", "5.1-2-1:b", "generation-has-common-pattern"),
        ("\"model\"", "5.1-2-1:b", "generation-has-common-pattern"),
        ("\"mac\"", "5.1-2-1:c", "generation-uses-public-data"),
        ("\"serial\"", "5.1-2-1:c", "generation-uses-public-data"),
        ("\"ssid\"", "5.1-2-1:c", "generation-uses-public-data"),
    ] {
        for unit in UNITS {
            let result = inputs(input).judge_one(unit);
            if unit == failing || unit == "5.1-2-1:d" {
                let wanted = if unit == failing { code } else { "complexity-too-low" };
                assert_eq!(
                    (result.verdict, result.reason.code.as_str()),
                    (Verdict::Fail, wanted),
                    "{input} {unit}"
                );
                assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Declared));
                assert_eq!(result.blame, Some(Blame::Documentation));
                assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].generation");
            } else {
                assert_eq!(
                    result.open.expect("asked").prejudgement,
                    None,
                    "{input} leaves {unit} to a person"
                );
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
        ("\"constant\", \"random\"", "5.1-2-1:d"),
    ] {
        assert_eq!(inputs(input).judge_one(unit).open.expect("asked").prejudgement, None, "{input} {unit}");
    }
    // A secret of the device alone looks sound, and how it is made into a password is not told.
    let open = inputs("\"per-device-secret\"").judge_one("5.1-2-1:c").open.expect("asked");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
}

#[test]
fn prose_without_companion_is_neither_passed_nor_failed_nor_prejudged() {
    let facts = row("password_generation_mechanism = \"Twelve random characters\"");
    for unit in UNITS {
        let open = facts.judge_one(unit).open.expect("asked");
        assert_eq!(open.prejudgement, None, "{unit}");
        let decided = row("password_generation_mechanism = \"Twelve random characters\"")
            .answered(unit, "AuthMech-Label", "yes")
            .judge_one(unit);
        assert_eq!((decided.verdict, decided.by), (Verdict::Pass, By::Assisted), "{unit}");
    }
}

const SLOW: &str = "brute_force = { failures = 5, lockout_seconds = 60, per_sender = false }";
const FAST: &str = "brute_force = { failures = 5, lockout_seconds = 2, per_sender = false }";

#[test]
fn complexity_is_arithmetic_against_the_declared_limit_on_guesses() {
    // Fewer than a million values are too few behind every defence.
    let result = drawn(4, 10, SLOW);
    assert_eq!(result.reason.code, "complexity-too-low");
    assert_eq!(result.reason.args["calculation"], "10^4, random: 10000 (13.3 bit)");
    assert_eq!(result.reason.args["needed"], "1000000");
    // 7,200 guesses a day: 10^6 / 14,400 = 69 days, 10^7 / 14,400 = 694 days.
    let result = drawn(6, 10, SLOW);
    assert_eq!((result.verdict, result.reason.args["needed"].as_str()), (Verdict::Fail, "1440000"));
    assert_eq!(result.reason.args["defence"], "7200 / 24 h");
    assert_eq!(drawn(7, 10, SLOW).reason.code, "complexity-suffices");
    // 216,000 a day: 10^7 / 432,000 = 23 days, 10^8 = 231 days.
    assert_eq!((drawn(7, 10, FAST).verdict, drawn(8, 10, FAST).verdict), (Verdict::Fail, Verdict::Pass));
}

#[test]
fn without_any_limit_only_what_needs_none_passes() {
    assert_eq!(drawn(8, 10, "").verdict, Verdict::Fail);
    // 2^64 values and more need no limit; somewhat fewer are for a person.
    assert_eq!(drawn(16, 16, "").verdict, Verdict::Pass);
    assert!(drawn(15, 16, "").open.is_some());
    // A defence in words may be enough; that is for a person as well.
    assert!(
        drawn(8, 10, "brute_force_prevention = \"Locks for a minute after five failures\"").open.is_some()
    );
}

#[test]
fn whether_a_lock_out_holds_for_all_senders_decides() {
    let of = |sender: &str| {
        let defence = format!("brute_force = {{ failures = 5, lockout_seconds = 60{sender} }}");
        drawn(8, 10, &defence)
    };
    assert_eq!(of(", per_sender = false").verdict, Verdict::Pass);
    assert_eq!(of(", per_sender = true").verdict, Verdict::Fail);
    assert!(of("").open.is_some());
}

#[test]
fn a_lock_out_for_good_is_weighed_by_the_chance_of_a_hit() {
    let of = |failures: u32| {
        let defence =
            format!("brute_force = {{ failures = {failures}, permanent = true, per_sender = true }}");
        drawn(6, 10, &defence)
    };
    // 254 senders with 10 guesses each: 0.25 %; with 100 each 2.5 %.
    assert_eq!((of(10).verdict, of(100).verdict), (Verdict::Pass, Verdict::Fail));
    assert_eq!(of(100).reason.args["defence"], "max. 25400");
}

#[test]
fn an_alphabet_that_is_skewed_or_contradicts_its_size_does_not_pass() {
    let of = |alphabet: &str| {
        row(&format!("generation = {{ inputs = [\"random\"], length = 12, {alphabet} }}"))
            .judge_one("5.1-2-1:d")
    };
    let skewed = format!("alphabet = \"{}0123456789\"", "a".repeat(90));
    assert_eq!(of(&skewed).verdict, Verdict::Fail);
    assert!(of("alphabet = \"0123456789\", alphabet_size = 62").open.is_some());
}

#[test]
fn what_schemes_make_of_it_stands_beside_the_question() {
    let open = drawn(15, 16, "").open.expect("asked");
    let lines: Vec<&str> = open
        .shown
        .iter()
        .filter(|shown| shown.label == "computed.scheme")
        .map(|shown| shown.text.as_str())
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("CLS(IoT) gateway: not told"), "{lines:?}");
    assert!(lines[1].starts_with("SP 800-63B: met"), "{lines:?}");
}

#[test]
fn nothing_pre_installed_is_a_vacuous_pass_only_if_it_was_said() {
    let none = TestFacts::declared(
        "[[auth_mech]]\nid = \"A\"\nfactor = { kind = \"password\", user_defined = true, pre_installed = false }\n",
    );
    let result = none.judge_one("5.1-2-1:a");
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    let silent = TestFacts::declared("").judge_one("5.1-2-1:a");
    assert_eq!((silent.verdict, silent.reason.code.as_str()), (Verdict::Inconclusive, "table-not-stated"));
}
