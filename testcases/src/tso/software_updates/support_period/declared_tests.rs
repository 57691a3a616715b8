use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const UNIT: &str = "5.3-13-1:a";
const PLACE: &str = "publication_of_support_period = \"Page of the maker, free to read\"\n";

fn ixit(support: &str, prose: &str) -> String {
    format!("[user_info]\n{PLACE}support_period = {prose:?}\nsupport = {support}\n")
}

fn judged(support: &str, prose: &str) -> (Verdict, String) {
    let result = TestFacts::declared(&ixit(support, prose)).judge_one(UNIT);
    let by = if result.verdict == Verdict::Fail { By::Machine } else { By::Assisted };
    assert_eq!(result.by, by, "{support}");
    (result.verdict, result.reason.code)
}

#[test]
fn a_period_that_goes_on_is_for_a_person() {
    for (support, prose) in [
        ("{ until = \"2031-12-31\" }", "Until 2031-12-31"),
        (
            "{ until = \"2031-12-31\", from = \"2026-04-01\" }",
            "Sold from 2026-04-01, supported until 2031-12-31",
        ),
        ("{ until = \"2031-12-31\" }", "Until the end of 2031"),
        ("{ until = \"2031-12-31\" }", "2031年12月31日まで"),
        ("{ months = 60, from = \"2026-04-01\" }", "Five years from 2026-04-01"),
        ("{ months = 60, from = \"the date of purchase\" }", "Five years"),
        ("{ until = \"the end of 2031\" }", "Until the end of 2031"),
        ("{ until = \"2031-03-31\" }", "Sold from 2026-04-01, supported until the end of March 2031"),
        ("{ until = \"2031-03-31\" }", "Sold until 2026-03-31, and supported five years longer"),
    ] {
        assert_eq!(
            judged(support, prose),
            (Verdict::Inconclusive, "waits-for-assessor".to_owned()),
            "{support}"
        );
    }
}

#[test]
fn a_period_that_is_over_or_contradicts_itself_fails() {
    for (support, prose, code) in [
        ("{ until = \"2026-11-20\" }", "Until 2026-11-20", "support-period-over"),
        ("{ months = 12, from = \"2024-04-01\" }", "One year", "support-period-over"),
        ("{ until = \"2027-01-01\", from = \"2028-01-01\" }", "Long", "support-ends-before-it-begins"),
        ("{ until = \"2034-12-31\" }", "Until 2031-12-31", "support-period-contradicted"),
        ("{ until = \"2034-12-31\" }", "2031年12月31日まで", "support-period-contradicted"),
    ] {
        assert_eq!(judged(support, prose), (Verdict::Fail, code.to_owned()), "{support}");
    }
    assert_eq!(
        judged("{ until = \"2026-11-21\" }", "Long").0,
        Verdict::Inconclusive,
        "today is still supported"
    );
}

#[test]
fn an_undeclared_place_is_the_first_failure() {
    let ixit = ixit("{ until = \"2020-12-31\" }", "Until 2020").replace(PLACE, "");
    let result = TestFacts::declared(&ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "no-publication-declared"));
}
