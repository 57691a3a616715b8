use crate::deletion_seen::test_deletions::DECLARED;
use crate::judge::By;
use crate::prompt::Prompt;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn question(facts: &TestFacts, unit: &str) -> Prompt {
    let result = facts.judge_one(unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    result.open.expect("a question")
}

#[test]
fn the_value_that_is_entered_is_the_one_that_is_looked_for() {
    let facts = TestFacts::declared(DECLARED);
    let value = |prompt: &Prompt| {
        let shown = prompt.shown.iter().find(|shown| shown.label == "value-to-enter.PersData-1");
        shown.expect("a value").text.clone()
    };
    let entered = value(&question(&facts, "5.11-2-2:a"));
    assert_eq!(entered.len(), 12);
    assert_eq!(entered, value(&question(&facts, "5.11-2-2:c")));
    let other = DECLARED.replace("PersData-1", "PersData-2");
    let prompt = question(&TestFacts::declared(&other), "5.11-2-2:a");
    assert!(prompt.shown.iter().all(|shown| shown.text != entered));
}

#[test]
fn a_person_passes_and_fails_them() {
    for unit in ["5.11-2-2:b", "5.11-2-2:c"] {
        let facts = TestFacts::declared(DECLARED);
        let prompt = question(&facts, unit);
        assert!(prompt.shown.iter().any(|shown| shown.text == "The app says so"));
        let facts = facts.answered(unit, "DelFunc-Account", "no");
        assert_eq!(facts.judge_one(unit).verdict, Verdict::Fail);
    }
}
