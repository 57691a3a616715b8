use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UNIT: &str = "6-3-1:a";
const PROSE: &str = "withdrawing_consent = \"The same switch\"\n";
const WHOLE: &str = "withdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n";
const STORED: &str = "stored_on = [\"device\", \"associated-service\"]\n";

fn row(fields: &str) -> String {
    format!(
        "[[pers_data]]\nid = \"PersData-1\"\ndescription = \"Usage\"\nobtaining_consent = \"A box\"\nconsent = true\n{fields}"
    )
}

fn failed(fields: &str) -> ItemResult {
    let result = TestFacts::declared(&row(fields)).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{result:#?}");
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    result
}

fn prejudged(fields: &str) -> Option<Verdict> {
    let result = TestFacts::declared(&row(fields)).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

#[test]
fn a_withdrawal_at_any_time_wherever_the_data_are_is_passed_by_a_person() {
    let fields = format!("{PROSE}{WHOLE}{STORED}");
    assert_eq!(prejudged(&fields), Some(Verdict::Pass));
    let on_device = format!(
        "{PROSE}withdrawal = {{ places = [\"device\"], any_time = true }}\nstored_on = [\"device\"]\n"
    );
    assert_eq!(prejudged(&on_device), Some(Verdict::Pass), "no service has the data");
    let answered = TestFacts::declared(&row(&fields)).answered(UNIT, "PersData-1", "yes");
    assert_eq!(answered.judge_one(UNIT).verdict, Verdict::Pass);
}

#[test]
fn a_withdrawal_that_is_bound_or_leaves_out_a_place_fails() {
    let bound = failed(&format!("{PROSE}{STORED}{}", WHOLE.replace("any_time = true", "any_time = false")));
    assert_eq!(bound.reason.code, "withdrawal-not-at-any-time");
    assert_eq!(bound.evidence[0].reference, "declaration:ixit.toml#pers_data[0].withdrawal");
    let app_only = WHOLE.replace("\"device\", ", "");
    let result = failed(&format!("{PROSE}{STORED}{app_only}"));
    assert_eq!(result.reason.code, "withdrawal-leaves-out-a-place");
    assert_eq!(result.reason.args["missing"], "device");
    assert_eq!(failed("").reason.code, "withdrawal-not-described");
}

#[test]
fn what_is_not_said_is_read_by_a_person() {
    assert_eq!(prejudged(PROSE), None);
    assert_eq!(prejudged(&format!("{PROSE}{WHOLE}")), None, "where the data are kept is not known");
    assert_eq!(prejudged(&format!("{WHOLE}{STORED}")), Some(Verdict::Fail), "nothing is described");
    assert_eq!(prejudged(&format!("{PROSE}{STORED}withdrawal = {{ any_time = true }}\n")), None);
}
