use probes::probe::deletion::Deletion;

use crate::deletion_seen::test_deletions::{DECLARED, seen, sound};
use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn of_reset(facts: &TestFacts, unit: &str) -> ItemResult {
    let results = facts.judge(unit);
    results.into_iter().find(|result| result.item == "DelFunc-Reset").expect("a result")
}

#[test]
fn a_confirmation_is_put_to_a_person_word_by_word() {
    let facts = seen(&sound());
    let open = of_reset(&facts, "5.11-4-1:b").open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(open.shown.iter().any(|shown| shown.text.contains("Your data were deleted.")));
    let facts = facts.answered("5.11-4-1:b", "DelFunc-Reset", "yes");
    let result = of_reset(&facts, "5.11-4-1:b");
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Assisted));
}

#[test]
fn silence_fails_where_the_data_went_and_the_answer_was_read_whole() {
    let mut silent = sound();
    if let Some(told) = &mut silent.answer {
        told.missing = std::mem::take(&mut told.words);
        "Log in".clone_into(&mut told.text);
    }
    let result = of_reset(&seen(&silent), "5.11-4-1:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "deletion-not-confirmed"));
    assert_eq!(result.reason.args["told"], "Log in");

    let mut cut = silent.clone();
    if let Some(told) = &mut cut.answer {
        told.cut = true;
    }
    assert_eq!(of_reset(&seen(&cut), "5.11-4-1:b").verdict, Verdict::Inconclusive);
    // An order without effect is not told to have had one.
    let mut refused = Deletion { gone_after: None, ..silent };
    "without-effect".clone_into(&mut refused.attempts[1].result);
    let open = of_reset(&seen(&refused), "5.11-4-1:b").open.expect("a question");
    assert_eq!(open.prejudgement, None);
}

#[test]
fn without_an_observation_and_for_services_a_person_decides() {
    let results = TestFacts::declared(DECLARED).judge("5.11-4-1:b");
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|result| result.by == By::Assisted && result.open.is_some()));
}

#[test]
fn what_came_of_the_order_is_laid_beside_the_documentation() {
    let open = of_reset(&seen(&sound()), "5.11-4-1:a").open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    let open = of_reset(&TestFacts::declared(DECLARED), "5.11-4-1:a").open.expect("a question");
    assert_eq!(open.prejudgement, None);
}
