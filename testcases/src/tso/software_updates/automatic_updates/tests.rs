use super::*;
use crate::test_facts::TestFacts;

fn with(update: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[soft_comp]]\nid = \"SoftComp-Fw\"\nupdate_mechanism = [\"UpdMech-1\"]\n\
         [[upd_mech]]\nid = \"UpdMech-1\"\ninitiation_and_interaction = \"Automatic\"\n\
         update_checking = \"Every day\"\nconfiguration = \"On\"\n{update}\n"
    ))
}

fn judged(unit: &str, update: &str) -> (By, Verdict, String) {
    let result = with(update).judge_one(unit);
    (result.by, result.verdict, result.reason.code)
}

fn machine(verdict: Verdict, code: &str) -> (By, Verdict, String) {
    (By::Machine, verdict, code.to_owned())
}

#[test]
fn a_mechanism_that_needs_nobody_passes_and_one_certain_no_fails() {
    for update in [
        "update = { automatic = true }",
        "update = { automatic = true, started_by = [\"automatic\"], checked_by = \"associated-service\" }",
    ] {
        assert_eq!(judged("5.3-4-1:a", update), machine(Verdict::Pass, "update-needs-nobody"), "{update}");
    }
    for update in [
        "update = { automatic = false }",
        "update = { automatic = true, started_by = [\"device-interface\"] }",
        "update = { automatic = true, checked_by = \"user\" }",
    ] {
        assert_eq!(judged("5.3-4-1:a", update), machine(Verdict::Fail, "update-needs-the-user"), "{update}");
    }
}

#[test]
fn prose_alone_is_for_a_person() {
    for unit in ["5.3-4-1:a", "5.3-4-1:b"] {
        for update in ["", "update = { checked_by = \"device\" }"] {
            let (by, verdict, _) = judged(unit, update);
            assert_eq!((by, verdict), (By::Assisted, Verdict::Inconclusive), "{unit} {update}");
        }
    }
    let shown = with("").judge_one("5.3-4-1:a").open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.label == "upd_mech.update_checking"));
}

#[test]
fn an_automation_that_can_be_set_is_on_by_default() {
    let unit = "5.3-4-1:b";
    let update = |rest: &str| format!("update = {{ automatic = true, user_can_configure = true{rest} }}");
    assert_eq!(
        judged(unit, &update(", default_enabled = true")),
        machine(Verdict::Pass, "automatic-updates-on-at-first")
    );
    assert_eq!(
        judged(unit, &update(", default_enabled = false")),
        machine(Verdict::Fail, "automatic-updates-off-at-first")
    );
    assert_eq!(judged(unit, &update("")).1, Verdict::Inconclusive);
}

#[test]
fn an_automation_that_cannot_be_set_leaves_nothing_to_see_unless_it_contradicts_itself() {
    let fixed = with("update = { automatic = true, user_can_configure = false }").judge_one("5.3-4-1:b");
    assert_eq!((fixed.verdict, fixed.vacuous), (Verdict::Pass, true));
    let called_so = "update = { automatic = true, started_by = [\"other\"], user_can_configure = true, default_enabled = true }";
    assert_eq!(judged("5.3-4-1:b", called_so).1, Verdict::Pass, "unit a and 5.3-6 fail it");
    let denied = "update = { automatic = false, started_by = [\"automatic\"], user_can_configure = true }";
    assert_eq!(judged("5.3-4-1:b", denied), machine(Verdict::Fail, "update-start-contradicted"));
}

#[test]
fn beside_a_mechanism_that_is_off_another_that_nobody_can_switch_off_is_enough() {
    let facts = TestFacts::declared(
        "[[soft_comp]]\nid = \"SoftComp-Fw\"\nupdate_mechanism = [\"UpdMech-1\", \"UpdMech-2\"]\n\
         [[upd_mech]]\nid = \"UpdMech-1\"\n\
         update = { automatic = true, user_can_configure = true, default_enabled = false }\n\
         [[upd_mech]]\nid = \"UpdMech-2\"\nupdate = { automatic = true, user_can_configure = false }\n",
    );
    assert_eq!(facts.judge_one("5.3-4-1:b").verdict, Verdict::Pass);
}
