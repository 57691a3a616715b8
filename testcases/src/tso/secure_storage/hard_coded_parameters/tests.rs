use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const IXIT: &str = r#"
[[sec_param]]
id = "SecParam-First"
description = "First key"
type = "critical"
hard_coded_in_source = true
"#;

#[test]
fn the_hard_coded_value_is_out_of_use_and_its_successor_not_shared() {
    let noted = |more: &str| {
        let notes = format!("tried = \"set up, tried the old one\"\n{more}");
        let result = TestFacts::declared(IXIT)
            .noted("5.4-3-2:a", "SecParam-First", "yes", &notes)
            .judge_one("5.4-3-2:a");
        (result.verdict, result.reason.code)
    };
    assert_eq!(noted("old_value_accepted = false").0, Verdict::Pass);
    assert_eq!(noted("old_value_accepted = true"), (Verdict::Fail, "hard-coded-value-in-use".to_owned()));
    assert_eq!(
        noted("old_value_accepted = false\nsame_on_both = true"),
        (Verdict::Fail, "same-value-on-two-samples".to_owned())
    );
    let open = TestFacts::declared(IXIT).judge_one("5.4-3-2:a");
    assert_eq!((open.verdict, open.reason.code.as_str()), (Verdict::Inconclusive, "waits-for-assessor"));
}
