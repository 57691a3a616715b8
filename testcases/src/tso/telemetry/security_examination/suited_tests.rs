use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.10-1-1:b";

fn row(companion: &str) -> String {
    format!(
        "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Fault codes and wrong logins of each day\"\n\
         security_examination = \"Wrong logins are counted\"\n{companion}\n"
    )
}

fn prejudged(ixit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

const SOUND: &str =
    "examination = { places = [\"associated-service\"], finds = [\"guessing\"], reads = [\"wrong logins\"] }";

#[test]
fn an_examination_of_what_is_collected_is_passed_by_a_person() {
    assert_eq!(prejudged(&row(SOUND)), Some(Verdict::Pass));
    let facts = TestFacts::declared(&row(SOUND)).answered(UNIT, "TelData-1", "yes");
    assert_eq!(facts.judge_one(UNIT).verdict, Verdict::Pass);
}

#[test]
fn data_that_the_telemetry_does_not_name_are_pointed_out() {
    assert_eq!(prejudged(&row(&SOUND.replace("wrong logins", "memory contents"))), Some(Verdict::Fail));
    assert_eq!(prejudged(&row(&SOUND.replace("\"wrong logins\"", "\"wrong logins\", \"restarts\""))), None);
    assert_eq!(prejudged(&row(&SOUND.replace("wrong logins", "誤ったログイン"))), None, "another script");
    assert_eq!(prejudged(&row(&SOUND.replace("[\"guessing\"]", "[]"))), None);
    assert_eq!(prejudged(&row("")), None, "prose only");
}

#[test]
fn an_examination_at_services_of_a_device_without_any_fails() {
    let link = |service: bool| {
        format!("[[com_mech]]\nid = \"ComMech-1\"\nrole = \"client\"\nassociated_service = {service}\n")
    };
    let result = TestFacts::declared(&(row(SOUND) + &link(false))).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(result.reason.code, "examination-at-no-service");
    assert_eq!(prejudged(&(row(SOUND) + &link(true))), Some(Verdict::Pass));
    let own = SOUND.replace("associated-service", "device");
    assert_eq!(prejudged(&(row(&own) + &link(false))), Some(Verdict::Pass));
}

#[test]
fn telemetry_without_an_examination_is_not_looked_at() {
    let other = "[[tel_data]]\nid = \"TelData-2\"\ndescription = \"Uptime\"\n";
    assert_eq!(TestFacts::declared(&(row(SOUND) + other)).judge(UNIT).len(), 1);
}
