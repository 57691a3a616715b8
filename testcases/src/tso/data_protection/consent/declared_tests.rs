use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UNIT: &str = "6-2-1:a";
const PROSE: &str = "obtaining_consent = \"An empty box at set-up\"\n";
const FREE: &str = "opt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\n";

fn row(fields: &str) -> String {
    format!("[[pers_data]]\nid = \"PersData-1\"\ndescription = \"Usage\"\nconsent = true\n{fields}")
}

fn failed(ixit: &str) -> String {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{result:#?}");
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    result.reason.code
}

fn prejudged(ixit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

#[test]
fn an_opt_in_that_meets_every_point_is_passed_by_a_person() {
    let ixit = row(&format!("{PROSE}{FREE}"));
    assert_eq!(prejudged(&ixit), Some(Verdict::Pass));
    let answered = TestFacts::declared(&ixit).answered(UNIT, "PersData-1", "yes");
    assert_eq!(answered.judge_one(UNIT).verdict, Verdict::Pass);
}

#[test]
fn consent_that_is_no_choice_fails_by_the_word_of_the_supplier() {
    for (from, to, code) in [
        ("asked_before = true", "asked_before = false", "consent-not-asked-before"),
        ("off_at_first = true", "off_at_first = false", "consent-on-at-first"),
        ("per_purpose = true", "per_purpose = false", "consent-not-for-a-purpose"),
        ("functions = false", "functions = true", "consent-tied-to-other-functions"),
    ] {
        let ixit = row(&format!("{PROSE}{}", FREE.replace(from, to)));
        assert_eq!(failed(&ixit), code);
    }
    assert_eq!(failed(&row("")), "consent-not-described");
    assert_eq!(failed(&row("obtaining_consent = \"tbd\"\n")), "consent-not-described");
}

#[test]
fn prose_is_read_by_a_person() {
    assert_eq!(prejudged(&row(PROSE)), None);
    assert_eq!(
        prejudged(&row("opt_in = { asked_before = true }\n")),
        Some(Verdict::Fail),
        "nothing is described"
    );
    assert_eq!(prejudged(&row(&format!("{PROSE}opt_in = {{ asked_before = true }}\n"))), None);
}

#[test]
fn a_decision_that_is_on_unless_the_user_objects_contradicts_the_consent() {
    let telemetry = "[[tel_data]]\nid = \"TelData-1\"\npersonal_data = [\"PersData-1\"]\n";
    let decision = |id: usize, option: &str| {
        format!(
            "[[user_dec]]\nid = \"UserDec-{id}\"\ntopic = \"telemetry\"\nchoices = [{{ option = {option:?}, default = true }}]\n"
        )
    };
    let base = row(&format!("{PROSE}{FREE}"));
    for on in ["on", "Enabled", "オン", "ＯＮ"] {
        let ixit = format!("{base}{telemetry}{}", decision(1, on));
        assert_eq!(failed(&ixit), "consent-given-by-default");
    }
    for other in ["off", "send everything", "Yes", "する"] {
        let ixit = format!("{base}{telemetry}{}", decision(1, other));
        assert_eq!(prejudged(&ixit), Some(Verdict::Pass), "{other}");
    }
    let unrelated = format!("{base}{}", decision(1, "on"));
    assert_eq!(prejudged(&unrelated), Some(Verdict::Pass), "no telemetry carries the data");
    let several = format!("{base}{telemetry}{}{}", decision(1, "on"), decision(2, "off"));
    assert_eq!(prejudged(&several), Some(Verdict::Pass), "which decision is meant is not known");
}

#[test]
fn no_consent_is_owed_where_nothing_rests_on_it() {
    let ixit = "[[pers_data]]\nid = \"PersData-1\"\nconsent = false\n";
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
}
