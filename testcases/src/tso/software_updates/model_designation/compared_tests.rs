use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const UNIT: &str = "5.3-16-1:a";

fn facts(model: &str, designation: &str) -> TestFacts {
    TestFacts::with_ics(
        &format!("edition = \"en303645-2.1.1\"\n[dut]\nmodel = {model:?}\n"),
        &format!(
            "[user_info]\nmodel_designation = \"HK-100, on the label\"\n\
             designation = {{ text = {designation:?}, way = \"label\" }}\n"
        ),
    )
}

#[test]
fn one_designation_in_both_is_passed_by_a_person() {
    for (model, designation) in
        [("HK-100", "HK-100"), ("hk 100", "HK-100"), ("ＨＫ－１００", "HK-100"), ("Hinode HK-100", "HK-100")]
    {
        let result = facts(model, designation).judge_one(UNIT);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        assert_eq!(result.open.expect("a question").prejudgement, Some(Verdict::Pass));
    }
    let variant = facts("HK-100", "HK-100-W").judge_one(UNIT).open.expect("a question");
    assert_eq!(variant.prejudgement, None, "the prose names it otherwise");
    assert_eq!(facts("HK-100", "HK-100").answered(UNIT, "-", "yes").judge_one(UNIT).verdict, Verdict::Pass);
}

#[test]
fn another_model_than_the_statement_names_fails() {
    let result = facts("HK-100", "HK-200").judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(result.reason.code, "designation-differs-from-statement");
    assert_eq!(
        (result.reason.args["told"].as_str(), result.reason.args["stated"].as_str()),
        ("HK-200", "HK-100")
    );
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
}
