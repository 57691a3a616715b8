use probes::Outcome;
use probes::probe::deletion::{Attempt, Deletion};

use crate::deletion_seen::PROBE;
use crate::deletion_seen::test_deletions::{DECLARED, residue, seen, seen_at, sound};
use crate::judge::By;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

/// The one result of a unit: verdict and code.
fn verdict(deletion: &Deletion, unit: &str) -> (Verdict, String) {
    let result = seen(deletion).judge_one(unit);
    (result.verdict, result.reason.code)
}

fn is(deletion: &Deletion, unit: &str, verdict_expected: Verdict, code: &str) {
    assert_eq!(verdict(deletion, unit), (verdict_expected, code.to_owned()), "{unit}");
}

#[test]
fn a_sound_deletion_passes_by_the_machine_with_evidence() {
    for (unit, code) in [
        ("5.11-1-2:a", "user-data-created"),
        ("5.11-1-2:b", "deletion-as-declared"),
        ("5.11-1-2:c", "nothing-survives-deletion"),
    ] {
        let result = seen(&sound()).judge_one(unit);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, code));
        assert_eq!(result.by, By::Machine);
        assert!(!result.evidence.is_empty() && result.effort.is_some() && result.decision.is_none());
    }
    let result = seen(&sound()).judge_one("5.11-1-2:c");
    assert_eq!(result.state, Some(DutState::AfterReset));
}

#[test]
fn everything_that_is_left_fails_by_its_own_code() {
    for (kind, code) in [
        ("data", "user-data-survives-deletion"),
        ("session", "session-survives-deletion"),
        ("credential", "credential-survives-deletion"),
        ("traffic", "deleted-data-sent"),
    ] {
        let left = Deletion { residue: vec![residue(kind, "initialized", true)], ..sound() };
        is(&left, "5.11-1-2:c", Verdict::Fail, code);
        is(&left, "5.11-1-2:b", Verdict::Pass, "deletion-as-declared");
    }
    // What the device only said it did is no failure of the order, and one of the deletion.
    let mut said =
        Deletion { residue: vec![residue("data", "initialized", true)], gone_after: None, ..sound() };
    "without-effect".clone_into(&mut said.attempts[1].result);
    is(&said, "5.11-1-2:b", Verdict::Pass, "deletion-as-declared");
    is(&said, "5.11-1-2:c", Verdict::Fail, "user-data-survives-deletion");
}

#[test]
fn a_value_that_may_be_a_default_decides_nothing() {
    let left = Deletion { residue: vec![residue("data", "initialized", false)], ..sound() };
    is(&left, "5.11-1-2:c", Verdict::Inconclusive, "deleted-value-may-be-a-default");
}

#[test]
fn an_order_with_less_than_declared_fails_and_one_that_is_refused_too() {
    let mut lesser = sound();
    "carried-out".clone_into(&mut lesser.attempts[0].result);
    is(&lesser, "5.11-1-2:b", Verdict::Fail, "deletion-needs-less-than-declared");
    is(&lesser, "5.11-1-2:c", Verdict::Pass, "nothing-survives-deletion");

    let mut refused = Deletion { gone_after: None, answer: None, looks: Vec::new(), ..sound() };
    let attempt =
        Attempt { status: Some(403), result: "without-effect".into(), ..refused.attempts[1].clone() };
    refused.attempts[1] = attempt;
    is(&refused, "5.11-1-2:b", Verdict::Fail, "deletion-order-refused");
    is(&refused, "5.11-1-2:c", Verdict::Inconclusive, "deletion-not-carried-out");
}

#[test]
fn nobody_passes_without_having_planted_and_looked() {
    let mut not_planted = sound();
    not_planted.planted[0].shown = false;
    is(&not_planted, "5.11-1-2:a", Verdict::Inconclusive, "user-data-not-created");
    is(&not_planted, "5.11-1-2:c", Verdict::Inconclusive, "observation-incomplete");

    not_planted.planted[0].status = None;
    is(&not_planted, "5.11-1-2:a", Verdict::Inconclusive, "observation-incomplete");

    let mut not_looked = sound();
    not_looked.looks.retain(|look| look.subject != "new-user");
    is(&not_looked, "5.11-1-2:c", Verdict::Inconclusive, "observation-incomplete");
    let mut not_tried = sound();
    not_tried.looks.retain(|look| look.subject != "old-credential");
    is(&not_tried, "5.11-1-2:c", Verdict::Inconclusive, "observation-incomplete");
    is(
        &Deletion { brought_back: None, ..sound() },
        "5.11-1-2:c",
        Verdict::Inconclusive,
        "observation-incomplete",
    );

    let few = seen_at(&sound(), 11).judge_one("5.11-1-2:c");
    assert_eq!((few.verdict, few.reason.code.as_str()), (Verdict::Inconclusive, "too-few-places-looked-at"));

    let partial = Seen::by(PROBE, sound()).attempts(40).ended(Outcome::Partial, "no answer to GET /mine");
    let partial = TestFacts::declared(DECLARED).observed(partial).judge_one("5.11-1-2:c");
    assert_eq!(
        (partial.verdict, partial.reason.code.as_str()),
        (Verdict::Inconclusive, "observation-incomplete")
    );

    for unit in ["5.11-1-2:a", "5.11-1-2:b", "5.11-1-2:c"] {
        let nothing = TestFacts::declared(DECLARED).judge_one(unit);
        assert_eq!(
            (nothing.verdict, nothing.reason.code.as_str()),
            (Verdict::Inconclusive, "observation-missing")
        );
    }
}

#[test]
fn an_order_that_was_not_given_leaves_everything_open() {
    let refused = Deletion { planted: Vec::new(), attempts: Vec::new(), gone_after: None, ..sound() };
    let facts = TestFacts::declared(DECLARED).observed(
        Seen::by(PROBE, refused).ended(Outcome::Partial, "the bench does not agree to it: erase_data"),
    );
    for unit in ["5.11-1-2:a", "5.11-1-2:b", "5.11-1-2:c"] {
        let result = facts.judge_one(unit);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, "observation-incomplete")
        );
    }
}

#[test]
fn typical_data_are_of_all_three_classes() {
    let mut personal_only = sound();
    personal_only.planted.truncate(1);
    is(&personal_only, "5.11-1-2:a", Verdict::Inconclusive, "user-data-of-a-class-missing");
    let mut of_the_label = sound();
    of_the_label.held[0].chosen = Some(false);
    is(&of_the_label, "5.11-1-2:a", Verdict::Inconclusive, "user-data-of-a-class-missing");
}

#[test]
fn without_a_set_up_by_the_bench_a_person_looks_on() {
    let mut left_reset = Deletion { set_up_again: "nobody".into(), brought_back: None, ..sound() };
    left_reset.looks.retain(|look| look.state == "after_reset");
    let facts = TestFacts::declared(DECLARED)
        .observed(Seen::by(PROBE, left_reset).attempts(20).ended(Outcome::Partial, "no action onboard"));
    let result = facts.judge_one("5.11-1-2:c");
    let open = result.open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.label == "observed.deletion.planted"));
}

#[test]
fn what_is_told_in_prose_alone_is_asked() {
    let prose = DECLARED.replace(
        "erasure = { port = 443, target = \"/reset\", confirmed_by = [\"were deleted\"], resets = true }\n",
        "",
    );
    for unit in ["5.11-1-2:a", "5.11-1-2:b", "5.11-1-2:c"] {
        let result = TestFacts::declared(&prose).judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        assert!(result.open.is_some());
    }
}
