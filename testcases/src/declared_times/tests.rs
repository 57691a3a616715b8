use super::*;
use crate::test_facts::TestFacts;

fn found(prose: &str, step: &str, days: u32) -> Option<String> {
    let ixit = format!(
        "[[upd_proc]]\nid = \"UpdProc-1\"\nsteps = [{{ step = {step:?}, days = {days} }}]\ntime_frame = {prose:?}\n"
    );
    let facts = TestFacts::declared(&ixit);
    let facts = facts.facts();
    let row = &facts.declaration.ixit.rows("upd_proc")[0];
    disagreement(row, prose).map(|found| found.prose)
}

fn unmistakable(prose: &str, step: &str, days: u32) -> bool {
    let ixit = format!("[[upd_proc]]\nid = \"UpdProc-1\"\nsteps = [{{ step = {step:?}, days = {days} }}]\n");
    let facts = TestFacts::declared(&ixit);
    let facts = facts.facts();
    disagreement(&facts.declaration.ixit.rows("upd_proc")[0], prose).is_some_and(|found| found.unmistakable)
}

#[test]
fn only_what_nobody_can_read_otherwise_is_unmistakable() {
    assert!(unmistakable("Acknowledgement within 5 days, fix within 30 days", "fix", 90));
    assert!(unmistakable("受領確認は5日以内、修正は90日以内", "修正", 120));
    // The time of the step may be the one that a clause gives to the others.
    assert!(!unmistakable("Fix of critical ones within 7 days, all others within 90 days", "fix", 90));
    assert!(!unmistakable("Fix within 7 days where it is critical", "fix", 90));
    assert!(!unmistakable("First answer within 3 days, fix with the next release", "fix", 60));
    assert!(!unmistakable("Acknowledgement within 5 days, fix within 30 days", "acknowledgement", 2));
}

const PROSE: &str =
    "Acknowledgement within 5 days, fix within 90 days, where it is exploited within 14 days.";

#[test]
fn a_clause_that_names_the_step_with_other_days_contradicts_it() {
    assert_eq!(found(PROSE, "acknowledgement", 5), None);
    assert_eq!(found(PROSE, "acknowledgement", 20).as_deref(), Some("Acknowledgement within 5 days"));
    assert_eq!(found(PROSE, "acknowledgement", 2).as_deref(), Some("Acknowledgement within 5 days"));
    assert_eq!(found("受領確認は5日以内、修正は90日以内", "修正", 120).as_deref(), Some("修正は90日以内"));
    assert_eq!(found("受領確認は5日以内、修正は90日以内", "修正", 90), None);
    let two = "Fix within 90 days; fix of what is exploited within 2 weeks";
    assert_eq!(found(two, "fix", 14), None, "one of the two is enough");
    assert_eq!(found(two, "fix", 60).as_deref(), Some("Fix within 90 days"));
}

#[test]
fn a_step_that_is_longer_than_every_time_of_the_prose_contradicts_it() {
    assert_eq!(
        found("30 days to the last device; 7 days where urgent", "roll-out", 60).as_deref(),
        Some("30 d at most")
    );
    assert_eq!(found("30 days to the last device; 7 days where urgent", "roll-out", 20), None);
    assert_eq!(found("one month", "roll-out", 31), None);
    assert_eq!(found("Monthly; urgent ones within 7 days", "roll-out", 20), None);
    assert_eq!(found("6 hours", "roll-out", 2).as_deref(), Some("1 d at most"));
}

#[test]
fn what_cannot_be_compared_contradicts_nothing() {
    assert_eq!(found("As soon as possible", "fix", 900), None);
    assert_eq!(found("Fix within 30 working days", "fix", 45), None);
    assert_eq!(found("Fix within 3 months, advisory within 5 days", "fix", 90), None);
    assert_eq!(found("", "fix", 5), None);
}
