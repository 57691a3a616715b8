use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn judged(usage: &str, mechanism: &str, unit: &str) -> (Verdict, String) {
    let ixit = format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\n[[soft_comp]]\nid = \"SoftComp-1\"\n\
         update_mechanism = [{mechanism}]\n{usage}\n"
    );
    let result = TestFacts::declared(&ixit).judge_one(unit);
    if result.verdict == Verdict::Fail {
        assert_eq!((result.by, result.blame), (By::Machine, Some(ixit::Blame::Documentation)));
    }
    assert!(result.verdict != Verdict::Pass || !result.evidence.is_empty());
    (result.verdict, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

const CONSIDERED: &str = "cryptographic_usage = \"yes / side effects considered: yes\"";

#[test]
fn a_component_with_cryptography_names_a_mechanism_that_is_there() {
    let of = |mechanism: &str| judged(CONSIDERED, mechanism, "5.5-3-1:a");
    assert_eq!(of("\"UpdMech-1\""), is(Verdict::Pass, "cryptography-updatable"));
    assert_eq!(of(""), is(Verdict::Fail, "cryptography-without-update"));
    assert_eq!(of("\"UpdMech-9\""), is(Verdict::Inconclusive, "reference-to-nothing"));
}

#[test]
fn side_effects_are_considered_or_not() {
    let of = |usage: &str| judged(usage, "\"UpdMech-1\"", "5.5-3-1:b");
    assert_eq!(of(CONSIDERED), is(Verdict::Pass, "side-effects-considered"));
    assert_eq!(
        of("cryptographic_usage = \"yes / side effects considered: no\""),
        is(Verdict::Fail, "side-effects-not-considered")
    );
}

#[test]
fn a_component_without_cryptography_needs_nothing_and_one_that_does_not_say_is_asked_about() {
    for unit in ["5.5-3-1:a", "5.5-3-1:b"] {
        assert_eq!(judged("cryptographic_usage = \"no\"", "", unit), is(Verdict::Pass, "no-row-matches"));
    }
    let open = judged("", "\"UpdMech-1\"", "5.5-3-1:b");
    assert_eq!(open, is(Verdict::Inconclusive, "waits-for-assessor"));
    let open = judged("", "\"UpdMech-1\"", "5.5-3-1:a");
    assert_eq!(open, is(Verdict::Inconclusive, "waits-for-assessor"));
}
