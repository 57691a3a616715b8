use super::*;
use crate::test_facts::TestFacts;
use crate::updates_seen::test_trials::{PULL, observed, sound};

const UNIT: &str = "5.3-5-1:a";

fn ixit(update: &str) -> String {
    format!(
        "{PULL}{update}\n[[soft_comp]]\nid = \"SoftComp-Fw\"\ndescription = \"Firmware\"\n\
         update_mechanism = [\"UpdMech-Cloud\"]\n"
    )
}

/// Nothing is said of who looks.
const REGULAR: &str = "update = { check_after_initialization = true, check_period_hours = 24 }";
const CLOSED: &str =
    "update = { check_after_initialization = true, check_period_hours = 24, checked_by = \"device\" }";

fn prejudged(facts: TestFacts) -> Option<Verdict> {
    let result = facts.judge_one(UNIT);
    assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive));
    result.open.expect("a question").prejudgement
}

#[test]
fn a_declaration_by_which_nothing_looks_fails() {
    for update in [
        "update = { check_after_initialization = false, check_period_hours = 24 }",
        "update = { check_after_initialization = true, check_period_hours = 0 }",
    ] {
        let result = TestFacts::declared(&ixit(update)).judge_one(UNIT);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "no-update-check-declared")
        );
        assert!(result.reason.args["declared"].starts_with("UpdMech-Cloud"));
    }
}

#[test]
fn who_looks_has_to_be_the_device() {
    for who in ["associated-service", "user"] {
        let update = format!(
            "update = {{ check_after_initialization = true, check_period_hours = 24, checked_by = {who:?} }}"
        );
        let result = TestFacts::declared(&ixit(&update)).judge_one(UNIT);
        assert_eq!(
            (result.by, result.verdict, result.reason.code.as_str()),
            (By::Machine, Verdict::Fail, "no-update-check-declared"),
            "{who}"
        );
    }
}

#[test]
fn a_closed_schedule_passes_unless_the_device_took_no_notice() {
    let facts = || TestFacts::declared(&ixit(CLOSED));
    for facts in [facts(), facts().observed(observed(sound()))] {
        let result = facts.judge_one(UNIT);
        assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Pass));
        assert_eq!(result.reason.code, "update-check-declared");
        assert!(result.evidence.len() > 1, "the mechanism too: {:?}", result.evidence);
    }
    let mut deaf = sound();
    deaf.checked.clear();
    assert_eq!(prejudged(facts().observed(observed(deaf))), Some(Verdict::Fail));
}

#[test]
fn a_person_is_shown_the_schedule_and_what_was_asked_for() {
    let facts = || TestFacts::declared(&ixit(REGULAR));
    assert_eq!(prejudged(facts()), None, "nothing was seen");
    assert_eq!(prejudged(facts().observed(observed(sound()))), Some(Verdict::Pass));
    let open = facts().observed(observed(sound())).judge_one(UNIT).open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.text.contains("every 24 h")));
    assert!(open.shown.iter().any(|shown| shown.text.contains("/newest.json after 0.5 s")));
    assert_eq!(prejudged(TestFacts::declared(&ixit("")).observed(observed(sound()))), None);
}

#[test]
fn a_device_that_asks_for_nothing_is_prejudged_and_not_failed() {
    let mut deaf = sound();
    deaf.checked.clear();
    assert_eq!(
        prejudged(TestFacts::declared(&ixit(REGULAR)).observed(observed(deaf.clone()))),
        Some(Verdict::Fail)
    );
    deaf.trials.clear();
    assert_eq!(
        prejudged(TestFacts::declared(&ixit(REGULAR)).observed(observed(deaf))),
        None,
        "nothing was offered"
    );
}
