use crate::judge::By;
use crate::test_pages::got;
use crate::verdict::Verdict;

const ENTRY: &str = "documentation_of_deletion";
const FUNCTIONS: &str = "[[del_func]]\nid = \"DelFunc-Reset\"\ndescription = \"Reset\"\ntold = { named = [\"Delete everything\"] }\n\
    [[del_func]]\nid = \"DelFunc-Account\"\ndescription = \"Account\"\ntold = { named = [\"Delete account\"] }\n";
const SOUND: &str = "<h1>Deleting your data</h1><p>Press Delete everything in the settings.</p><p>App: Delete account, confirm.</p>";

#[test]
fn a_covered_function_is_put_to_a_person_and_an_omitted_one_fails() {
    let results = got(ENTRY, FUNCTIONS, 200, SOUND).judge("5.11-3-1:b");
    assert!(
        results.iter().all(|result| result.verdict == Verdict::Inconclusive && result.by == By::Assisted)
    );
    let open = results[1].open.as_ref().expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(open.shown.iter().any(|shown| shown.text == "App: Delete account, confirm."));

    let omits = SOUND.replace("App: Delete account, confirm.", "That is all.");
    let results = got(ENTRY, FUNCTIONS, 200, &omits).judge("5.11-3-1:b");
    assert_eq!((results[1].verdict, results[1].reason.code.as_str()), (Verdict::Fail, "deletion-not-told"));
    assert_ne!(results[0].verdict, Verdict::Fail);
}

#[test]
fn a_missing_page_decides_nothing_of_the_functions() {
    let results = got(ENTRY, FUNCTIONS, 404, "nothing").judge("5.11-3-1:b");
    assert!(results.iter().all(|result| {
        (result.verdict, result.reason.code.as_str()) == (Verdict::Inconclusive, "publication-not-found")
    }));
}

#[test]
fn what_came_of_the_order_is_laid_beside_the_text() {
    use crate::deletion_seen::test_deletions::{seen, sound};
    let facts = seen(&sound());
    let results = facts.judge("5.11-3-1:c");
    let open = results[0].open.as_ref().expect("a question");
    assert!(open.shown.iter().any(|shown| shown.text.contains("declared: carried-out (200)")));
    let open = facts.judge_one("5.11-3-1:a").open.expect("a question");
    let labels: Vec<&str> = open.shown.iter().map(|shown| shown.label.as_str()).collect();
    assert_eq!(labels, ["observed.deletion.planted", "value-to-enter.PersData-1"]);
}
