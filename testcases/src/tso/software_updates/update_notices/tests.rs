use super::*;
use crate::test_facts::TestFacts;

const A: &str = "5.3-11-1:a";
const B: &str = "5.3-11-1:b";

fn row(id: usize, update: &str) -> String {
    format!(
        "[[upd_mech]]\nid = \"UpdMech-{id}\"\nuser_notification = \"The user is told in good time\"\n{update}\n"
    )
}

const TOLD: &str =
    "update = { notifies = true, notice_names_risk = true, notice_ways = [\"panel\", \"app\"] }";

fn failed(update: &str, unit: &str) -> String {
    let result = TestFacts::declared(&row(1, update)).judge_one(unit);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{update}");
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    result.reason.code
}

fn prejudged(ixit: &str, unit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

#[test]
fn a_notice_that_names_the_risk_passes_by_the_word_of_the_supplier() {
    let result = TestFacts::declared(&row(1, TOLD)).judge_one(B);
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
    assert_eq!(result.reason.code, "notice-names-risk");
    assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#upd_mech[0].update");
    let two = row(1, TOLD) + &row(2, &TOLD.replace("notice_names_risk = true", "notice_names_risk = false"));
    let verdicts: Vec<Verdict> = TestFacts::declared(&two).judge(B).iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail], "every mechanism counts");
}

#[test]
fn whether_the_notice_is_apparent_is_passed_by_a_person() {
    assert_eq!(prejudged(&row(1, TOLD), A), Some(Verdict::Pass));
    assert_eq!(
        TestFacts::declared(&row(1, TOLD)).answered(A, "UpdMech-1", "yes").judge_one(A).verdict,
        Verdict::Pass
    );
    let lamp = "update = { notifies = true, notice_ways = [\"light-or-sound\"] }";
    assert_eq!(prejudged(&row(1, lamp), A), None, "a lamp may say too little");
}

#[test]
fn no_notice_a_notice_that_has_to_be_fetched_and_one_without_the_risk_fail() {
    let untold = "update = { notifies = false, notice_names_risk = true }";
    assert_eq!(failed(untold, A), "no-update-notice-declared");
    assert_eq!(failed(untold, B), "no-update-notice-declared");
    let page = "update = { notifies = true, notice_ways = [\"web-page\"] }";
    assert_eq!(failed(page, A), "notice-on-web-page-only");
    assert_eq!(failed("update = { notifies = true, notice_names_risk = false }", B), "notice-without-risk");
}

#[test]
fn prose_is_read_by_a_person() {
    for unit in [A, B] {
        assert_eq!(prejudged(&row(1, ""), unit), None, "{unit}");
    }
    assert_eq!(prejudged("[[upd_mech]]\nid = \"UpdMech-1\"\n", A), Some(Verdict::Fail), "nothing is said");
    assert_eq!(prejudged(&row(1, "update = { notice_names_risk = true }"), B), Some(Verdict::Pass));
}
