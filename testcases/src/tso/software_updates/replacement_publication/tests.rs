use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_pages::{page, published as declared};

const WHY: &str = "https://supplier.example/why";
const HOW: &str = "https://supplier.example/replace";
const RATIONALE_TEXT: &str = "<p>The sensor gets no software updates, because its memory holds the program once for all. Support until 2031-12-31.</p>";
const REPLACEMENT_TEXT: &str =
    "<p>For 5 years we replace the sensor: write to us, and put the new one in the old place.</p>";

fn got(why: (u16, &str), how: (u16, &str)) -> TestFacts {
    declared(&[(RATIONALE, WHY), (REPLACEMENT, HOW)], "")
        .observed(Seen::by("public-resource", page(WHY, why.0, why.1)))
        .observed(Seen::by("public-resource", page(HOW, how.0, how.1)))
}

#[test]
fn both_open_pages_pass_access_and_a_person_reads_the_rest() {
    let facts = got((200, RATIONALE_TEXT), (200, REPLACEMENT_TEXT));
    let results = facts.judge("5.3-14-2:b");
    assert_eq!(
        results.iter().map(|result| result.item.as_str()).collect::<Vec<_>>(),
        [RATIONALE, REPLACEMENT]
    );
    assert!(results.iter().all(|result| result.verdict == Verdict::Pass && result.by == By::Machine));
    for (unit, passage) in
        [("5.3-14-2:c", "because its memory"), ("5.3-14-2:d", "5 years"), ("5.3-14-2:e", "2031-12-31")]
    {
        let result = facts.judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        let shown = result.open.expect("a question").shown;
        assert!(shown.iter().any(|shown| shown.text.contains(passage)), "{unit}: {shown:#?}");
    }
    for unit in ["5.3-14-1:a", "5.3-14-2:a"] {
        assert!(facts.judge_one(unit).open.is_some());
    }
}

#[test]
fn one_closed_page_fails_access_and_its_own_reading_is_open() {
    let facts = got((200, RATIONALE_TEXT), (401, "Partner login"));
    let results = facts.judge("5.3-14-2:b");
    assert_eq!((results[0].verdict, results[1].verdict), (Verdict::Pass, Verdict::Fail));
    assert_eq!(results[1].reason.code, "publication-behind-wall");
    assert_eq!(facts.judge_one("5.3-14-2:d").reason.code, "publication-behind-wall");
    assert_eq!(facts.judge_one("5.3-14-2:d").verdict, Verdict::Inconclusive);
}

#[test]
fn texts_without_any_period_fail() {
    let why = RATIONALE_TEXT.replace("until 2031-12-31", "goes on");
    let how = REPLACEMENT_TEXT.replace("For 5 years we", "We");
    let facts = got((200, &why), (200, &how));
    for (unit, code) in
        [("5.3-14-2:d", "replacement-without-period"), ("5.3-14-2:e", "rationale-without-period")]
    {
        let result = facts.judge_one(unit);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code));
        assert_eq!(result.blame, Some(Blame::Documentation));
    }
    let year = RATIONALE_TEXT.replace("2031-12-31", "the end of 2031");
    assert_ne!(got((200, &year), (200, &how)).judge_one("5.3-14-2:e").verdict, Verdict::Fail);
}

#[test]
fn nothing_observed_and_nothing_declared_decide_as_they_should() {
    let unseen = declared(&[(RATIONALE, WHY), (REPLACEMENT, HOW)], "");
    assert!(unseen.judge("5.3-14-2:b").iter().all(|result| result.reason.code == "observation-missing"));
    let undeclared = declared(&[(RATIONALE, WHY)], "");
    assert_eq!(undeclared.judge_one("5.3-14-1:a").verdict, Verdict::Fail);
    assert_eq!(undeclared.judge_one("5.3-14-2:d").verdict, Verdict::Inconclusive);
}
