use ixit::Blame;

use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.3-3-1:a";

fn with(update: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[soft_comp]]\nid = \"SoftComp-Fw\"\nupdate_mechanism = [\"UpdMech-1\"]\n\
         [[upd_mech]]\nid = \"UpdMech-1\"\ninitiation_and_interaction = \"Automatic\"\n{update}\n"
    ))
}

fn judged(update: &str) -> (By, Verdict, String) {
    let result = with(update).judge_one(UNIT);
    (result.by, result.verdict, result.reason.code)
}

#[test]
fn what_starts_by_itself_from_a_service_or_from_the_device_is_simple() {
    for update in [
        "update = { automatic = true }",
        "update = { started_by = [\"automatic\"] }",
        "update = { automatic = false, started_by = [\"associated-service\"] }",
        "update = { automatic = false, started_by = [\"device-interface\", \"other\"] }",
    ] {
        let (by, verdict, code) = judged(update);
        assert_eq!(
            (by, verdict, code.as_str()),
            (By::Machine, Verdict::Pass, "simple-update-declared"),
            "{update}"
        );
    }
    let evidence = with("update = { automatic = true }").judge_one(UNIT).evidence;
    assert!(
        evidence.iter().any(|evidence| evidence.reference.contains("upd_mech[0].update")),
        "{evidence:?}"
    );
}

#[test]
fn a_start_that_another_entry_rules_out_is_none() {
    let result = with("update = { automatic = false, started_by = [\"automatic\"] }").judge_one(UNIT);
    assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Fail));
    assert_eq!(result.reason.code, "no-simple-update-declared");
    assert_eq!(result.blame, Some(Blame::Documentation));
    let without_interface = "update = { started_by = [\"device-interface\"] }\n[empty]\nuser_intf = \"None\"";
    assert_eq!(judged(without_interface).1, Verdict::Fail);
}

#[test]
fn another_start_and_prose_alone_are_for_a_person() {
    for update in ["update = { started_by = [\"other\"] }", "update = { automatic = false }", ""] {
        assert_eq!(
            judged(update),
            (By::Assisted, Verdict::Inconclusive, "waits-for-assessor".to_owned()),
            "{update}"
        );
    }
    let shown = with("").judge_one(UNIT).open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.label == "upd_mech.initiation_and_interaction"));
}

#[test]
fn one_simple_mechanism_of_two_is_enough_and_one_unknown_leaves_it_open() {
    let two = |second: &str| {
        TestFacts::declared(&format!(
            "[[soft_comp]]\nid = \"SoftComp-Fw\"\nupdate_mechanism = [\"UpdMech-1\", \"UpdMech-2\"]\n\
             [[upd_mech]]\nid = \"UpdMech-1\"\nupdate = {{ automatic = false, started_by = [\"automatic\"] }}\n\
             [[upd_mech]]\nid = \"UpdMech-2\"\n{second}\n"
        ))
        .judge_one(UNIT)
        .verdict
    };
    assert_eq!(two("update = { started_by = [\"associated-service\"] }"), Verdict::Pass);
    assert_eq!(two(""), Verdict::Inconclusive);
}

#[test]
fn a_component_without_any_mechanism_fails_unless_it_may_be_excused() {
    let without = |reason: &str| {
        TestFacts::declared(&format!(
            "[[soft_comp]]\nid = \"SoftComp-Rom\"\nupdate_mechanism = []\n{reason}\n"
        ))
        .judge_one(UNIT)
    };
    let failed = without("no_update_reason = \"other\"");
    assert_eq!((failed.verdict, failed.reason.code.as_str()), (Verdict::Fail, "component-without-update"));
    for reason in ["", "no_update_reason = \"impracticable\"", "no_update_reason = \"security\""] {
        assert_eq!(without(reason).verdict, Verdict::Inconclusive, "{reason}");
    }
}
