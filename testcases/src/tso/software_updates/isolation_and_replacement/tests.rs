use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const IXIT: &str = "[repl_sup]\nisolation = \"Pull the cable\"\nhardware_replacement = \"Two screws\"\n";

fn noted(unit: &str, notes: &str) -> (Verdict, String) {
    let result = TestFacts::declared(IXIT).noted(unit, "-", "yes", notes).judge_one(unit);
    (result.verdict, result.reason.code)
}

#[test]
fn a_function_that_needs_no_connection_goes_on_without_it() {
    let heats = |needs: bool, during: bool| {
        let notes = format!(
            "functions = [{{ function = \"heating\", needs_connection = {needs}, before = true, during = {during} }}]"
        );
        noted("5.3-15-2:c", &notes)
    };
    assert_eq!(heats(false, true).0, Verdict::Pass);
    assert_eq!(heats(true, false).0, Verdict::Pass);
    assert_eq!(heats(false, false), (Verdict::Fail, "function-lost-by-isolation".to_owned()));
    assert_eq!(noted("5.3-15-2:c", "functions = []").1, "notes-incomplete");
}

#[test]
fn what_worked_before_a_replacement_works_after_it() {
    let works = |after: bool| {
        noted(
            "5.3-15-2:e",
            &format!("functions = [{{ function = \"app\", before = true, after = {after} }}]"),
        )
    };
    assert_eq!(works(true).0, Verdict::Pass);
    assert_eq!(works(false), (Verdict::Fail, "function-not-regained".to_owned()));
}

#[test]
fn the_isolation_itself_is_for_a_person() {
    assert_eq!(noted("5.3-15-2:b", "steps = \"pulled\"\ncut_shown_by = \"no-link\"").0, Verdict::Pass);
    assert_eq!(noted("5.3-15-2:b", "steps = \"pulled\"\ncut_shown_by = \"hope\"").1, "notes-incomplete");
    let open = TestFacts::declared(IXIT).judge_one("5.3-15-2:b");
    assert_eq!(open.reason.code, "waits-for-assessor");
}
