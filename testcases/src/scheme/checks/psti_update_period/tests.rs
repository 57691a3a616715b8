use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

const IXIT: &str = "[user_info]\nsupport = { until = \"2031-12-31\" }\n";
const PUBLISHED_ONCE: &str = "[psti]\npublished_end_dates = [\"2031-12-31\"]\n";

fn checked(ixit: &str, submission: &str) -> (Verdict, String) {
    let facts = TestFacts::claiming(&["5.3-13"], ixit, submission);
    let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), "update-period", "");
    (checked.verdict, checked.reason.code)
}

fn open(code: &str) -> (Verdict, String) {
    (Verdict::Inconclusive, code.to_owned())
}

#[test]
fn a_period_that_became_shorter_fails() {
    let shortened = (Verdict::Fail, "scheme-psti-period-shortened".to_owned());
    for dates in [
        "[\"2032-12-31\"]",
        "[\"2032-12-31\", \"2031-12-31\"]",
        "[\"2030-12-31\", \"2029-12-31\", \"2031-12-31\"]",
    ] {
        let submission = PUBLISHED_ONCE.replace("[\"2031-12-31\"]", dates);
        assert_eq!(checked(IXIT, &submission), shortened, "{dates}");
    }
}

#[test]
fn one_that_stayed_or_grew_has_to_be_seen_published() {
    for dates in ["[\"2031-12-31\"]", "[\"2029-12-31\", \"2031-12-31\"]"] {
        let submission = PUBLISHED_ONCE.replace("[\"2031-12-31\"]", dates);
        let (verdict, code) = checked(IXIT, &submission);
        // Nothing was observed here.
        assert_eq!(verdict, Verdict::Inconclusive, "{dates}");
        assert_eq!(code, "scheme-psti-publication-open", "{dates}");
    }
}

#[test]
fn an_extension_that_is_declared_is_published_too() {
    let before = PUBLISHED_ONCE.replace("2031", "2029");
    assert_eq!(checked(IXIT, &before), open("scheme-psti-extension-not-published"));
}

#[test]
fn a_length_without_an_end_date_is_no_period_in_this_sense() {
    let months = IXIT.replace("until = \"2031-12-31\"", "months = 60, from = \"2026-04-01\"");
    assert_eq!(
        checked(&months, PUBLISHED_ONCE),
        (Verdict::Fail, "scheme-psti-period-without-end".to_owned())
    );
    assert_eq!(checked("", PUBLISHED_ONCE), open("scheme-support-period-not-stated"));
}

#[test]
fn what_was_published_before_has_to_be_told_in_dates() {
    assert_eq!(checked(IXIT, "[psti]\n"), open("scheme-not-stated"));
    let words = PUBLISHED_ONCE.replace("2031-12-31", "five years");
    assert_eq!(checked(IXIT, &words), open("scheme-psti-end-dates-not-understood"));
}
