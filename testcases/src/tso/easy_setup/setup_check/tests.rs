use crate::judge::By;
use crate::test_pages::got;
use crate::verdict::Verdict;

const ENTRY: &str = "documentation_of_setup_check";
const DECISIONS: &str = "[[user_dec]]\nid = \"UserDec-Remote\"\ndescription = \"Remote\"\nsecurity_relevant = true\n\
    told = { named = [\"Remote operation\"] }\n\
    [[user_dec]]\nid = \"UserDec-Updates\"\ndescription = \"Updates\"\nsecurity_relevant = true\n\
    told = { named = [\"Updates\"] }\n";

#[test]
fn what_the_check_names_is_laid_out_for_a_person() {
    let facts = got(
        ENTRY,
        DECISIONS,
        200,
        "<h1>Check your settings</h1><p>Green: updates are on. Red: look closer.</p>",
    );
    let result = facts.judge_one("5.12-3-1:b");
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    let shown = result.open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.text == "UserDec-Remote: not on the page: Remote operation"));
}

#[test]
fn a_text_without_any_check_or_any_decision_fails() {
    for (html, code) in [
        (
            "<h1>Set up</h1><p>Leave remote operation off and updates automatic, as said.</p>",
            "check-not-told",
        ),
        (
            "<h1>Check your settings</h1><p>Open the page on the weather and read it.</p>",
            "decisions-not-in-check",
        ),
    ] {
        let result = got(ENTRY, DECISIONS, 200, html).judge_one("5.12-3-1:b");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code));
        assert!(result.effort.is_some() && !result.evidence.is_empty());
    }
}

#[test]
fn a_missing_page_decides_nothing() {
    let result = got(ENTRY, DECISIONS, 404, "nothing").judge_one("5.12-3-1:b");
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Inconclusive, "publication-not-found")
    );
}
