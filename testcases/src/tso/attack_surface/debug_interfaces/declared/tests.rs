use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn judged(unit: &str, further: &str) -> (Verdict, By, String) {
    let ixit = format!(
        "[[intf]]\nid = \"Intf-Uart\"\ndescription = \"Contacts\"\ntype = [\"physical\"]\ndebug_interface = true\n\
         {further}\n"
    );
    let result = TestFacts::declared(&ixit).judge_one(unit);
    (result.verdict, result.by, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, By, String) {
    let by = if verdict == Verdict::Inconclusive { By::Assisted } else { By::Machine };
    (verdict, by, code.to_owned())
}

const OPEN: &str = "waits-for-assessor";

#[test]
fn a_mechanism_in_software_passes_and_a_casing_alone_fails() {
    let of = |further: &str| judged("5.6-4-1:a", further);
    let both = "protection = \"Inside, switched off\"\nprotected_by = [\"casing\", \"software-disable\"]";
    assert_eq!(of(both), is(Verdict::Pass, "software-disables-debugging"));
    let casing = both.replace(", \"software-disable\"", "");
    assert_eq!(of(&casing), is(Verdict::Fail, "no-software-disables-debugging"));
    assert_eq!(of(""), is(Verdict::Fail, "no-software-disables-debugging"));
    assert_eq!(of("protection = \"Switched off by software\""), is(Verdict::Inconclusive, OPEN));
    assert_eq!(of(&both.replace("software-disable", "other")), is(Verdict::Inconclusive, OPEN));
}

#[test]
fn what_is_never_needed_is_off_for_ever() {
    let of = |further: &str| judged("5.6-4-1:b", &format!("exposure = \"never\"\n{further}"));
    let sound = "status = \"disabled\"\npermanently_disabled = true";
    assert_eq!(of(sound), is(Verdict::Pass, "debugging-disabled-for-ever"));
    let again = sound.replace("true", "false");
    assert_eq!(of(&again), is(Verdict::Fail, "debugging-not-disabled-for-ever"));
    let contradicting = sound.replace("disabled\"", "enabled\"");
    assert_eq!(of(&contradicting), is(Verdict::Fail, "debugging-not-disabled-for-ever"));
    let sometimes = format!("{sound}\nstatus_in = {{ after_reset = \"enabled\" }}");
    assert_eq!(of(&sometimes), is(Verdict::Fail, "debugging-not-disabled-for-ever"));
    assert_eq!(of("status = \"disabled\""), is(Verdict::Inconclusive, OPEN));
}

#[test]
fn what_is_needed_now_and_then_is_off_by_default() {
    let of = |further: &str| judged("5.6-4-1:c", &format!("exposure = \"intermittent\"\n{further}"));
    assert_eq!(of("status = \"disabled\""), is(Verdict::Pass, "debugging-disabled-by-default"));
    assert_eq!(of("status = \"enabled\""), is(Verdict::Fail, "debugging-enabled-by-default"));
    let at_first = "status = \"disabled\"\nstatus_in = { factory_default = \"enabled\" }";
    assert_eq!(of(at_first), is(Verdict::Fail, "debugging-enabled-by-default"));
    assert_eq!(of(""), is(Verdict::Inconclusive, OPEN));
    assert_eq!(judged("5.6-4-1:c", "status = \"disabled\""), is(Verdict::Inconclusive, OPEN));
}
