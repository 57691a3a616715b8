use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const REVIEWED: &str = r#"
[[net_sec_impl]]
id = "NetSecImpl-Tls"
description = "TLS of all connections: state machine and certificate checks of the library"
review_evaluation_method = "Code review by an outside party"
implementation = { name = "mbed TLS", version = "3.6.2" }
review = { done = true, by = ["third-party"], version = "3.6.2", covers = ["state machine", "certificate checks"], report = "review.md" }
"#;

fn facts(ixit: &str) -> TestFacts {
    TestFacts::declared(ixit).handed_in("review.md")
}

fn code(ixit: &str, unit: &str) -> (Verdict, String) {
    let result = facts(ixit).judge_one(unit);
    assert!(!result.evidence.is_empty());
    if result.verdict == Verdict::Fail {
        assert_eq!((result.by, result.blame), (By::Machine, Some(ixit::Blame::Documentation)));
    }
    (result.verdict, result.reason.code)
}

fn prejudged(facts: &TestFacts, unit: &str) -> Option<Verdict> {
    let result = facts.judge_one(unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{}", result.reason.code);
    result.open.expect("a question").prejudgement
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn a_review_with_its_report_took_place() {
    let unit = "5.5-2-1:a";
    assert_eq!(code(REVIEWED, unit), is(Verdict::Pass, "implementation-reviewed"));
    let below = REVIEWED.replace("\"review.md\"", "\"documents/review.md\"");
    assert_eq!(code(&below, unit), is(Verdict::Pass, "implementation-reviewed"));
}

#[test]
fn an_honest_lack_of_a_review_is_no_pass() {
    for unit in ["5.5-2-1:a", "5.5-2-1:b"] {
        let undone = REVIEWED.replace("done = true", "done = false");
        assert_eq!(code(&undone, unit), is(Verdict::Fail, "implementation-not-reviewed"));
        for method in ["Not reviewed", "None.", "未実施", "レビューなし。"] {
            let prose = REVIEWED.replace("Code review by an outside party", method);
            assert_eq!(code(&prose, unit), is(Verdict::Fail, "implementation-not-reviewed"), "{method}");
        }
    }
    // What follows may be the evaluation; but nothing of this is passed by the machine.
    for method in ["No review: trusted library", "Not reviewed, but evaluated under Common Criteria"] {
        let prose = REVIEWED.replace("Code review by an outside party", method);
        assert_eq!(prejudged(&facts(&prose), "5.5-2-1:a"), Some(Verdict::Fail), "{method}");
    }
}

#[test]
fn a_review_without_companion_method_or_report_is_for_a_person() {
    let unit = "5.5-2-1:a";
    let review = REVIEWED.lines().find(|line| line.starts_with("review =")).expect("the companion");
    assert_eq!(prejudged(&facts(&REVIEWED.replace(review, "")), unit), None);
    assert_eq!(prejudged(&facts(&REVIEWED.replace("Code review by an outside party", "tbd")), unit), None);
    assert_eq!(prejudged(&facts(&REVIEWED.replace(", report = \"review.md\"", "")), unit), None);
    assert_eq!(prejudged(&TestFacts::declared(REVIEWED), unit), None, "the report was not handed in");
}

#[test]
fn all_means_all() {
    let second = REVIEWED.replace("NetSecImpl-Tls", "NetSecImpl-Web").replace("done = true", "done = false");
    let results = facts(&format!("{REVIEWED}{second}")).judge("5.5-2-1:a");
    let verdicts: Vec<Verdict> = results.iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
}

#[test]
fn another_version_covers_nothing_unless_it_is_close() {
    let unit = "5.5-2-1:b";
    let reviewed = |version: &str| {
        REVIEWED.replace("version = \"3.6.2\", covers", &format!("version = \"{version}\", covers"))
    };
    for other in ["2.28.9", "3.5.2", "4.0"] {
        assert_eq!(code(&reviewed(other), unit), is(Verdict::Fail, "review-of-other-version"), "{other}");
    }
    assert_eq!(prejudged(&facts(&reviewed("3.6.1")), unit), Some(Verdict::Fail));
    assert_eq!(prejudged(&facts(&reviewed("3.6")), unit), None);
    assert_eq!(prejudged(&facts(REVIEWED), unit), Some(Verdict::Pass));
}

#[test]
fn the_scope_is_laid_out_and_a_report_that_is_not_there_covers_nothing() {
    let unit = "5.5-2-1:b";
    let missing = TestFacts::declared(REVIEWED).judge_one(unit);
    assert_eq!(
        (missing.verdict, missing.reason.code.as_str()),
        (Verdict::Inconclusive, "review-report-missing")
    );
    let open = facts(REVIEWED).judge_one(unit).open.expect("a question");
    let scope = open.shown.iter().find(|shown| shown.label == "computed.scope").expect("the scope");
    assert!(scope.text.ends_with("in the description: state machine, certificate checks"), "{}", scope.text);
    let narrow = REVIEWED.replace("covers = [\"state machine\", \"certificate checks\"], ", "");
    assert_eq!(prejudged(&facts(&narrow), unit), None);
}
