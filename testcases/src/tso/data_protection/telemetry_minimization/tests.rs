use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "6-4-1:a";

fn telemetry(fields: &str) -> String {
    format!(
        "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Usage statistics\"\npersonal_data = [\"PersData-1\"]\n{fields}\n"
    )
}

fn data(fields: &str) -> String {
    format!("[[pers_data]]\nid = \"PersData-1\"\ndescription = \"Water drawn each day.\"\n{fields}\n")
}

const PURPOSE: &str = "purpose = \"Forecast of wear\"\ntold = { named = [\"statistics\"], purposes = [\"forecasts the wear\"] }";
const SAME: &str = "told = { named = [\"usage\"], purposes = [\"forecast of wear\"] }";

fn prejudged(ixit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

fn failed(ixit: &str) -> ItemResult {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{result:#?}");
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    result
}

#[test]
fn data_and_purpose_are_weighed_by_a_person() {
    let ixit = telemetry(PURPOSE) + &data(&format!("sensitive = true\n{SAME}"));
    assert_eq!(prejudged(&ixit), Some(Verdict::Pass));
    let open = TestFacts::declared(&ixit).judge_one(UNIT).open.expect("a question");
    let joined = open.shown.iter().find(|shown| shown.label == "computed.personal-data").expect("the data");
    assert!(joined.text.contains("PersData-1 (sensitive): Water drawn each day. Purposes: forecast of wear"));
    assert_eq!(
        TestFacts::declared(&ixit).answered(UNIT, "TelData-1", "no").judge_one(UNIT).verdict,
        Verdict::Fail
    );
    let other = telemetry(PURPOSE) + &data("told = { purposes = [\"login to the app\"] }");
    assert_eq!(prejudged(&other), Some(Verdict::Fail), "other purposes are pointed out, and no more");
    assert_eq!(prejudged(&(telemetry("purpose = \"Forecast of wear\"") + &data(SAME))), None, "prose only");
    assert_eq!(prejudged(&(telemetry(PURPOSE) + &data(""))), None);
}

#[test]
fn data_for_no_purpose_fail() {
    let none = failed(&(telemetry("purpose = \"None\"") + &data(SAME)));
    assert_eq!(none.reason.code, "telemetry-without-purpose");
    assert_eq!(none.reason.args["data"], "PersData-1");
    TestFacts::declared(&(telemetry("") + &data(SAME))).judge_one(UNIT).waits_for_the_supplier("field-empty");
    // A companion may leave the purposes to the prose.
    let prose = telemetry("purpose = \"Wear\"\ntold = { named = [\"statistics\"] }") + &data(SAME);
    assert!(TestFacts::declared(&prose).judge_one(UNIT).open.is_some());
}

#[test]
fn data_that_no_table_describes_cannot_be_weighed() {
    let ixit = telemetry(PURPOSE) + "[empty]\npers_data = \"None\"\n";
    let result = TestFacts::declared(&ixit).judge_one(UNIT);
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Inconclusive, "reference-to-nothing")
    );
    assert_eq!(result.reason.args["names"], "PersData-1");
}

#[test]
fn telemetry_without_personal_data_owes_nothing() {
    let ixit = "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Uptime\"\npersonal_data = []\n";
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
}
