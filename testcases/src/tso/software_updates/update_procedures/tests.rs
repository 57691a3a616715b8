use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.3-8-1:a";

fn row(prose: &str, steps: &[(&str, u32)]) -> String {
    let steps: Vec<String> =
        steps.iter().map(|(step, days)| format!("{{ step = {step:?}, days = {days} }}")).collect();
    let steps = if steps.is_empty() { String::new() } else { format!("steps = [{}]\n", steps.join(", ")) };
    format!(
        "[[upd_proc]]\nid = \"UpdProc-1\"\ndescription = \"Built, tested, signed\"\ntime_frame = {prose:?}\n{steps}"
    )
}

fn prejudged(ixit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
    result.open.expect("a question").prejudgement
}

const PROSE: &str = "30 days to the last device; 7 days where it is exploited.";

#[test]
fn steps_that_fit_into_the_time_are_passed_by_a_person() {
    let ixit = row(PROSE, &[("build", 14), ("roll-out", 16)]);
    assert_eq!(prejudged(&ixit), Some(Verdict::Pass));
    let open = TestFacts::declared(&ixit).judge_one(UNIT).open.expect("a question");
    assert!(
        open.shown.iter().any(|shown| shown.text.contains("one after the other 30 d; the prose says 30 d"))
    );
    assert_eq!(
        TestFacts::declared(&ixit).answered(UNIT, "UpdProc-1", "yes").judge_one(UNIT).verdict,
        Verdict::Pass
    );
}

#[test]
fn one_step_beyond_the_time_that_the_prose_gives_it_fails() {
    let prose = "Build within 14 days, roll-out within 30 days";
    let result = TestFacts::declared(&row(prose, &[("build", 14), ("roll-out", 60)])).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(result.reason.code, "times-contradict-prose");
    assert_eq!(result.reason.args["step"], "roll-out");
    assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#upd_proc[0].steps");
}

#[test]
fn one_step_beyond_the_whole_is_pointed_out_because_the_prose_may_tell_it_in_other_words() {
    assert_eq!(prejudged(&row(PROSE, &[("build", 14), ("roll-out", 60)])), Some(Verdict::Fail));
    let release = "First patch within 3 days, all others with the next release";
    assert_eq!(prejudged(&row(release, &[("build", 14)])), Some(Verdict::Fail));
}

#[test]
fn a_procedure_without_a_time_is_open_until_it_is_filled_in() {
    TestFacts::declared(&row("TBD", &[])).judge_one(UNIT).waits_for_the_supplier("field-empty");
}

#[test]
fn steps_that_may_overlap_and_unusual_times_are_pointed_out() {
    assert_eq!(prejudged(&row(PROSE, &[("build", 20), ("roll-out", 20)])), Some(Verdict::Fail));
    assert_eq!(prejudged(&row("Soon", &[("build", 365)])), Some(Verdict::Fail));
    assert_eq!(prejudged(&row("Soon", &[("build", 120)])), None);
    assert_eq!(prejudged(&row(PROSE, &[])), None, "prose is read by a person");
}
