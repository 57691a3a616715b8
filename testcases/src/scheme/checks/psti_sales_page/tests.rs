use super::*;
use crate::scheme::scheme;
use crate::test_facts::{Seen, TestFacts};
use crate::test_pages::page;

const URL: &str = "https://supplier.example/wh-100";
const IXIT: &str = "[user_info]\nsupport = { until = \"2031-12-31\" }\n";

fn submission(more: &str) -> String {
    format!("[psti]\nsales_page = \"{URL}\"\n{more}")
}

fn checked(facts: &TestFacts) -> (Verdict, String) {
    let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), "update-period", "");
    (checked.verdict, checked.reason.code)
}

fn stated(submission: &str) -> TestFacts {
    TestFacts::submitted(IXIT, submission)
}

#[test]
fn the_suppliers_word_decides_where_nothing_was_seen() {
    let beside = stated(&submission("period_beside_characteristics = true\n"));
    assert_eq!(checked(&beside), (Verdict::Pass, "scheme-psti-period-on-sales-page".to_owned()));
    let not = stated(&submission("period_beside_characteristics = false\n"));
    assert_eq!(checked(&not), (Verdict::Fail, "scheme-psti-period-not-beside".to_owned()));
    let none = stated("[psti]\nsales_page = \"none\"\n");
    assert_eq!(checked(&none), (Verdict::Pass, "scheme-psti-no-sales-page".to_owned()));
    for silent in ["[psti]\n".to_owned(), submission("")] {
        assert_eq!(checked(&stated(&silent)), (Verdict::Inconclusive, "scheme-not-stated".to_owned()));
    }
}

#[test]
fn a_page_that_was_read_and_lacks_the_date_fails_whatever_is_stated() {
    let with = |html: &str| {
        let facts = stated(&submission("period_beside_characteristics = true\n"));
        checked(&facts.observed(Seen::by("public-resource", page(URL, 200, html))))
    };
    let lacking =
        "<p>WH-100 controller for water heaters, 230 V, Ethernet, security updates for a long time.</p>";
    assert_eq!(with(lacking), (Verdict::Fail, "scheme-psti-period-not-on-sales-page".to_owned()));
    let there = "<p>WH-100 controller for water heaters, 230 V, Ethernet, security updates until 31 December 2031.</p>";
    assert_eq!(with(there), (Verdict::Pass, "scheme-psti-period-on-sales-page".to_owned()));
}
