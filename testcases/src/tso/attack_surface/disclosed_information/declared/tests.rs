use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn judged(unit: &str, disclosed: &str) -> ItemResult {
    let ixit = format!(
        "[[intf]]\nid = \"Intf-Web\"\ndescription = \"Port\"\ntype = [\"network\", \"logical\"]\nstatus = \"enabled\"\n{disclosed}\n\
         [[intf]]\nid = \"Intf-Panel\"\ndescription = \"Panel\"\ntype = [\"physical\"]\n\
         disclosed = [{{ item = \"host-name\", security_relevant = true, reason = \"Holds the name of the user\" }}]\n"
    );
    TestFacts::declared(&ixit).judge_one(unit)
}

fn told(item: &str, relevant: bool, reason: &str) -> String {
    format!("disclosed = [{{ item = {item:?}, security_relevant = {relevant}, reason = {reason:?} }}]")
}

fn expected(unit: &str, disclosed: &str) -> Option<Verdict> {
    judged(unit, disclosed).open.expect("a question").prejudgement
}

fn fails(unit: &str, disclosed: &str, code: &str) -> ItemResult {
    judged(unit, disclosed).fails(code)
}

#[test]
fn a_harmless_kind_is_expected_to_pass_and_a_telling_one_is_looked_at_twice() {
    let unit = "5.6-2-1:a";
    assert_eq!(expected(unit, &told("model", false, "Stands on the front")), Some(Verdict::Pass));
    assert_eq!(expected(unit, &told("serial", false, "Harmless")), None);
    assert_eq!(expected(unit, &told("serial", true, "The installer compares it")), Some(Verdict::Pass));
    assert_eq!(expected(unit, ""), None);
    let longer =
        format!("disclosed_information = [\"model\", \"serial\"]\n{}", told("model", false, "Front"));
    assert_eq!(expected(unit, &longer), None, "the companion leaves out what the list names");
}

#[test]
fn what_always_matters_and_what_is_marked_elsewhere_contradicts_the_mark() {
    let unit = "5.6-2-1:a";
    fails(unit, &told("firmware-version", false, "Harmless"), "disclosure-wrongly-marked");
    fails(unit, &told("host-name", false, "Harmless"), "disclosure-marked-otherwise");
}

#[test]
fn a_reason_is_expected_to_pass_none_is_asked_and_one_that_denies_fails() {
    let unit = "5.6-2-1:b";
    assert_eq!(expected(unit, &told("serial", true, "The installer compares it")), Some(Verdict::Pass));
    for reason in ["None", "Not needed.", "不要"] {
        fails(unit, &told("serial", true, reason), "security-relevant-disclosure");
    }
    // The pro forma of the standard has no place for reasons.
    assert_eq!(expected(unit, "disclosed = [{ item = \"serial\", security_relevant = true }]"), None);
    assert_eq!(expected(unit, &told("serial", true, "TODO")), None);
    assert_eq!(expected(unit, &told("serial", false, "")), Some(Verdict::Pass));
    assert_eq!(expected(unit, ""), None);
}
