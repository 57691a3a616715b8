use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn judged(unit: &str, further: &str) -> (Verdict, By, String) {
    let ixit =
        format!("[[intf]]\nid = \"Intf-1\"\ndescription = \"Contacts\"\ntype = [\"physical\"]\n{further}\n");
    let result = TestFacts::declared(&ixit).judge_one(unit);
    assert!(!result.evidence.is_empty() || result.open.is_some(), "{result:#?}");
    (result.verdict, result.by, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, By, String) {
    let by = if verdict == Verdict::Inconclusive { By::Assisted } else { By::Machine };
    (verdict, by, code.to_owned())
}

const OPEN: &str = "waits-for-assessor";

#[test]
fn a_casing_passes_what_is_no_casing_fails_and_what_may_be_one_is_asked() {
    let of = |further: &str| {
        judged("5.6-3-1:a", &format!("exposure = \"never\"\nstatus = \"disabled\"\n{further}"))
    };
    let casing = "protection = \"Inside\"\nprotected_by = [\"casing\", \"software-disable\"]";
    assert_eq!(of(casing), is(Verdict::Pass, "casing-protects"));
    let software = casing.replace("\"casing\", ", "");
    assert_eq!(of(&software), is(Verdict::Fail, "no-casing-protects"));
    assert_eq!(of("protection = \"なし\""), is(Verdict::Fail, "no-casing-protects"));
    assert_eq!(of(""), (Verdict::Inconclusive, By::Machine, "field-empty".to_owned()));
    assert_eq!(of("protection = \"Inside\""), is(Verdict::Inconclusive, OPEN));
    for perhaps in ["like-casing", "other"] {
        assert_eq!(of(&casing.replace("casing", perhaps)), is(Verdict::Inconclusive, OPEN), "{perhaps}");
    }
}

#[test]
fn a_row_that_does_not_say_whether_it_is_exposed_is_never_decided() {
    let unsaid = judged("5.6-3-1:a", "protected_by = [\"casing\"]");
    assert_eq!(unsaid, is(Verdict::Inconclusive, OPEN));
    assert_eq!(
        judged("5.6-3-1:b", "status = \"enabled\"\nexposure = \"never\""),
        is(Verdict::Inconclusive, OPEN)
    );
}

#[test]
fn radio_that_is_never_needed_is_off_in_every_state() {
    let of = |further: &str| judged("5.6-3-1:b", &format!("is_air = true\nexposure = \"never\"\n{further}"));
    assert_eq!(of("status = \"disabled\""), is(Verdict::Pass, "unneeded-air-interface-disabled"));
    assert_eq!(of("status = \"enabled\""), is(Verdict::Fail, "unneeded-air-interface-enabled"));
    let at_first = "status = \"disabled\"\nstatus_in = { factory_default = \"enabled\" }";
    assert_eq!(of(at_first), is(Verdict::Fail, "unneeded-air-interface-enabled"));
    assert_eq!(of(""), is(Verdict::Inconclusive, OPEN));
}

#[test]
fn what_is_needed_now_and_then_is_off_meanwhile() {
    let of = |further: &str| judged("5.6-3-1:c", &format!("exposure = \"intermittent\"\n{further}"));
    assert_eq!(of("disabled_while_not_needed = true"), is(Verdict::Pass, "disabled-while-not-needed"));
    assert_eq!(of("disabled_while_not_needed = false"), is(Verdict::Fail, "enabled-while-not-needed"));
    assert_eq!(of("status = \"disabled\""), is(Verdict::Pass, "disabled-while-not-needed"));
    assert_eq!(of("status = \"enabled\""), is(Verdict::Inconclusive, OPEN));
}
