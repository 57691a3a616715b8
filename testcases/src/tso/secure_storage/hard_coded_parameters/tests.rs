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

fn declared(companions: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[sec_param]]\nid = \"SecParam-First\"\ntype = \"critical\"\n{companions}\n"
    ))
}

fn code(companions: &str, unit: &str) -> (Verdict, String) {
    let result = declared(companions).judge_one(unit);
    assert!(!result.evidence.is_empty());
    (result.verdict, result.reason.code)
}

fn prejudged(companions: &str, unit: &str) -> Option<Verdict> {
    declared(companions).judge_one(unit).open.expect("a question").prejudgement
}

#[test]
fn what_stands_in_the_source_is_declared_to() {
    let unit = "5.4-3-1:a";
    let from = |way: &str, stated: &str| format!("provisioning = {{ way = \"{way}\" }}\n{stated}");
    let (yes, no) = ("hard_coded_in_source = true", "hard_coded_in_source = false");
    assert_eq!(code(&from("source-code", yes), unit), (Verdict::Pass, "hard-coding-stated".to_owned()));
    assert_eq!(code(&from("image", yes), unit), (Verdict::Pass, "hard-coding-stated".to_owned()));
    assert_eq!(code(&from("source-code", no), unit), (Verdict::Fail, "hard-coding-not-stated".to_owned()));
    for way in ["production", "user", "device", "peer"] {
        assert_eq!(code(&from(way, no), unit), (Verdict::Pass, "not-from-source".to_owned()), "{way}");
    }
    // The image may be made of the source or not; without a word, nobody knows.
    assert_eq!(prejudged(&from("image", no), unit), Some(Verdict::Fail));
    assert_eq!(prejudged(&from("source-code", ""), unit), None);
    assert_eq!(prejudged(&from("other", no), unit), None);
    assert_eq!(prejudged(no, unit), None);
}

#[test]
fn what_is_hard_coded_does_not_stay_in_use() {
    let unit = "5.4-3-1:b";
    let replaced = |replaced: &str| {
        format!("hard_coded_in_source = true\nprovisioning = {{ way = \"source-code\"{replaced} }}")
    };
    let stays = code(&replaced(", replaced_before_operation = false"), unit);
    assert_eq!(stays, (Verdict::Fail, "hard-coded-value-stays-in-use".to_owned()));
    assert_eq!(prejudged(&replaced(", replaced_before_operation = true"), unit), Some(Verdict::Pass));
    assert_eq!(prejudged(&replaced(""), unit), None);
    let none = declared("hard_coded_in_source = false").judge_one(unit);
    assert_eq!((none.verdict, none.vacuous), (Verdict::Pass, true));
}
