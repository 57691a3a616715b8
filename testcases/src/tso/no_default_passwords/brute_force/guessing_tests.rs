use ixit::Blame;

use super::*;
use crate::judge::{By, RestsOn};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
network_addressable = true
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
brute_force_prevention = "Locks for a minute after five failures"
brute_force = { failures = 5, lockout_seconds = 60, per_sender = false }
set_up = { path = "/setup", password_field = "new", least_length = 10 }
"#;
const LABEL: &str = "factor = { kind = \"password\", user_defined = false, pre_installed = true, used_outside_factory_default = true }";

fn judged(ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one("5.1-5-1:a")
}

fn of_length(least_length: u32) -> ItemResult {
    judged(&WEB.replace("least_length = 10", &format!("least_length = {least_length}")))
}

fn drawn(length: u32, defence: &str) -> ItemResult {
    let factor = WEB.lines().find(|line| line.starts_with("factor")).expect("a factor");
    let generation =
        format!("{LABEL}\ngeneration = {{ inputs = [\"random\"], length = {length}, alphabet_size = 10 }}");
    let locked = "failures = 5, lockout_seconds = 60, per_sender = false";
    judged(&WEB.replace(factor, &generation).replace(locked, defence))
}

#[test]
fn long_passwords_behind_a_lock_out_pass_by_arithmetic() {
    let result = of_length(10);
    assert_eq!(
        (result.verdict, result.by, result.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "guessing-takes-too-long")
    );
    assert_eq!(result.rests_on, RestsOn::Declared);
    assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].brute_force");
    // 10^10 / (7,200 x 2) days where the user takes digits only.
    assert_eq!(result.reason.args["guesses"], "7200");
    assert!(result.reason.args["days"].starts_with("694444 to "), "{:?}", result.reason.args);
}

#[test]
fn short_passwords_fail_where_even_the_best_choice_is_found_in_time() {
    // 95^3 / 14,400 = 60 days at best.
    let result = of_length(3);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(
        (result.reason.code.as_str(), result.blame),
        ("guessing-is-quick", Some(Blame::Documentation))
    );
    // Six digits would be found in 69 days, six printable characters never: a person has to see what is taken.
    let open = of_length(6).open.expect("asked");
    assert!(
        open.shown.iter().any(|shown| shown.label == "computed.values_needed" && shown.text == "1440000")
    );
}

#[test]
fn a_pre_installed_password_counts_by_its_generator() {
    let all = "failures = 5, lockout_seconds = 60, per_sender = false";
    assert_eq!(drawn(6, all).reason.code, "guessing-is-quick");
    assert_eq!(drawn(7, all).verdict, Verdict::Pass);
    let shut_out =
        |failures: u32| drawn(6, &format!("failures = {failures}, permanent = true, per_sender = true"));
    assert_eq!(shut_out(10).reason.code, "guessing-hits-rarely");
    assert_eq!(shut_out(10).reason.args["chance"], "0.254 %");
    let often = shut_out(100);
    assert_eq!((often.verdict, often.reason.code.as_str()), (Verdict::Fail, "guessing-hits-often"));
}

#[test]
fn what_is_not_told_is_asked_with_what_is_known_beside_it() {
    for cut in ["set_up = ", "factor = "] {
        let untold = WEB.replace(cut, &format!("# {cut}"));
        let open = judged(&untold).open.expect("a person decides");
        let guesses = open.shown.iter().find(|shown| shown.label == "computed.guesses_per_day");
        assert_eq!(guesses.expect("computed").text, "7200");
    }
    // Whether the lock-out holds for all senders: 10^8 values last with it, and do not without.
    let open =
        judged(&WEB.replace(", per_sender = false", "").replace("least_length = 10", "least_length = 8"));
    assert!(open.open.is_some());
    let prose = WEB.replace("brute_force = {", "# brute_force = {");
    assert!(judged(&prose).open.is_some());
    let facts = TestFacts::declared(&prose);
    assert_eq!(
        facts.answered("5.1-5-1:a", "AuthMech-Web", "no").judge_one("5.1-5-1:a").verdict,
        Verdict::Fail
    );
}

#[test]
fn six_digits_hold_out_behind_lock_outs_that_grow_and_not_behind_those_that_stay() {
    let stays = "failures = 3, lockout_seconds = 2, per_sender = false";
    // 10^6 / (4,050 x 2) = 123 days, and 10^6 / (129,600 x 2) = 4.
    let grows = drawn(6, &format!("{stays}, longest_lockout_seconds = 64"));
    assert_eq!((grows.verdict, grows.reason.code.as_str()), (Verdict::Pass, "guessing-takes-too-long"));
    assert_eq!((grows.by, grows.rests_on), (By::Machine, RestsOn::Declared));
    assert_eq!(grows.reason.args["guesses"], "4050");
    for defence in [stays.to_owned(), format!("{stays}, longest_lockout_seconds = 2")] {
        let result = drawn(6, &defence);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "guessing-is-quick"));
        assert_eq!(result.blame, Some(Blame::Documentation));
    }
}

#[test]
fn a_second_door_to_the_same_value_counts_with_the_first() {
    let second = "\n[[auth_mech]]\nid = \"AuthMech-Api\"\nsubject = \"user\"\nnetwork_addressable = true\nchange = { through = \"AuthMech-Web\" }\n";
    let of_web = |defence: &str| {
        let both = format!("{}{second}{defence}", WEB.replace("least_length = 10", "least_length = 7"));
        TestFacts::declared(&both).judge("5.1-5-1:a").remove(0)
    };
    // 10^7 / 14,400 = 694 days through one door; 10,000 guesses a day through the other leave 291 days.
    let slow = of_web("brute_force = { failures = 10, lockout_seconds = 86, per_sender = false }\n");
    assert_eq!(
        (slow.verdict, slow.reason.args["doors"].as_str()),
        (Verdict::Pass, "AuthMech-Web, AuthMech-Api")
    );
    let quick = of_web("brute_force = { failures = 10, lockout_seconds = 1, per_sender = false }\n");
    assert!(quick.open.is_some(), "the users may choose better passwords");
    assert!(of_web("brute_force_prevention = \"Some\"\n").open.is_some());
}

#[test]
fn a_defence_that_is_denied_fails_and_one_that_is_not_told_is_open() {
    let told = |text: &str| {
        let none = WEB
            .replace("brute_force = {", "# brute_force = {")
            .replace("Locks for a minute after five failures", text);
        judged(&none)
    };
    for text in ["", "TBD"] {
        let result = told(text);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "field-empty"));
        assert_eq!(result.blame, Some(Blame::Documentation));
    }
    for text in ["None.", "なし"] {
        let result = told(text);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "no-defence-declared"),
            "{text}"
        );
        assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
    }
}
