use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const ICS: &str =
    "edition = \"en303645-2.1.1\"\n[provision.\"5.9-1\"]\nsupport = \"Y\"\ndetail = \"See ResMech\"\n";

const LOCAL: &str = r#"
[[res_mech]]
id = "ResMech-Local"
description = "Goes on"
type = "network connectivity"
security_guarantees = ["local operation goes on"]
resilience = { outages = ["link", "uplink"], goes_on = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

const POWER: &str = r#"
[[res_mech]]
id = "ResMech-Power"
description = "Keeps"
type = "power"
security_guarantees = ["no loss of data"]
resilience = { outages = ["power"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

const WEB: &str = "[[soft_serv]]\nid = \"SoftServ-Web\"\nendpoint = [{ transport = \"tcp\", port = 443 }]\n";

fn declared(rows: &str) -> TestFacts {
    TestFacts::with_ics(ICS, &format!("{rows}{WEB}"))
}

fn expected(unit: &str, rows: &str) -> Option<Verdict> {
    declared(rows).judge_one(unit).open.expect("a question").prejudgement
}

fn fails(result: &ItemResult, code: &str) {
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{result:#?}");
}

#[test]
fn the_verdict_of_the_first_judgement_is_that_of_the_second() {
    let unit = "5.9-2-1:a";
    let both = || declared(&format!("{LOCAL}{POWER}"));
    let waiting = both().judge_one(unit);
    assert_eq!(waiting.verdict, Verdict::Inconclusive);
    assert_eq!(waiting.reason.code, "waits-where-it-is-judged-first");
    assert!(waiting.open.is_none(), "nobody is asked the same twice");
    let answered = |power: &str| {
        let facts = both().answered("5.9-1-1:b", "ResMech-Local", "yes");
        facts.answered("5.9-1-1:b", "ResMech-Power", power).judge_one(unit)
    };
    let passed = answered("yes");
    assert_eq!((passed.verdict, passed.by), (Verdict::Pass, By::Assisted));
    assert_eq!(passed.reason.code, "passed-where-it-is-judged-first");
    assert!(passed.decision.is_some() && !passed.evidence.is_empty());
    let failed = answered("no");
    fails(&failed, "failed-where-it-is-judged-first");
    assert_eq!((failed.by, failed.reason.args["item"].as_str()), (By::Assisted, "ResMech-Power"));
}

#[test]
fn what_fails_first_fails_here() {
    let failed = declared(LOCAL).judge_one("5.9-2-1:a");
    fails(&failed, "failed-where-it-is-judged-first");
    assert_eq!(failed.reason.args["code"], "outage-not-covered");
    assert!(!failed.evidence.is_empty());
}

#[test]
fn where_the_first_is_not_claimed_the_question_is_put_here() {
    let unclaimed = TestFacts::declared(&format!("{LOCAL}{POWER}{WEB}"));
    let open = unclaimed.judge_one("5.9-2-1:a").open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.label == "computed.5.9-1-1:b"), "{open:#?}");
}

#[test]
fn a_promise_that_goes_on_is_expected_to_pass_and_one_under_which_nothing_does_to_fail() {
    let unit = "5.9-2-1:b";
    assert_eq!(expected(unit, LOCAL), Some(Verdict::Pass));
    let nothing = LOCAL.replace(", goes_on = [\"SoftServ-Web\"]", "");
    assert_eq!(expected(unit, &nothing), Some(Verdict::Fail));
    assert_eq!(expected(unit, &nothing.replace(", \"uplink\"", "")), None);
    let other = LOCAL.replace("\"link\", \"uplink\"", "\"power\"");
    fails(&declared(&other).judge_one(unit), "outages-of-another-type");
}

#[test]
fn a_promise_of_time_and_state_is_expected_to_pass() {
    let unit = "5.9-2-1:c";
    assert_eq!(expected(unit, POWER), Some(Verdict::Pass));
    let neither = POWER.replace(", keeps = [\"SoftServ-Web\"], recovers_seconds = 30", "");
    assert_eq!(expected(unit, &neither), Some(Verdict::Fail));
    let other = POWER.replace("[\"power\"]", "[\"link\"]");
    fails(&declared(&other).judge_one(unit), "outages-of-another-type");
    let prose: String = POWER
        .lines()
        .filter(|line| !line.starts_with("resilience"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(expected(unit, &prose), None);
}
