use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

const STATED: &str = "[psti]\nproduct_batch = \"WH-100, batch 1\"\nmanufacturer_address = \"Maker, 1 Street\"\nauthorised_representative = \"none\"\nend_date_at_first_supply = \"2031-12-31\"\npublished_end_dates = [\"2031-12-31\"]\nstatement_document = \"statement.pdf\"\nstatement_accompanies = \"Sheet in the box\"\n";

fn checked(submission: &str) -> (Verdict, String) {
    let facts = TestFacts::submitted("", submission).handed_in("statement.pdf");
    let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), "statement-of-compliance", "");
    (checked.verdict, checked.reason.code)
}

fn open(code: &str) -> (Verdict, String) {
    (Verdict::Inconclusive, code.to_owned())
}

#[test]
fn a_signed_statement_with_all_that_it_has_to_say_is_there() {
    assert_eq!(checked(STATED), (Verdict::Pass, "scheme-psti-statement-there".to_owned()));
}

#[test]
fn whatever_is_missing_leaves_it_open() {
    for key in [
        "product_batch",
        "manufacturer_address",
        "authorised_representative",
        "end_date_at_first_supply",
        "statement_accompanies",
    ] {
        let rest: Vec<&str> = STATED.lines().filter(|line| !line.starts_with(key)).collect();
        assert_eq!(checked(&rest.join("\n")), open("scheme-not-stated"), "{key}");
    }
    let unsigned = STATED.replace("statement_document = \"statement.pdf\"\n", "");
    assert_eq!(checked(&unsigned), open("scheme-psti-statement-not-signed"));
    let elsewhere = STATED.replace("statement.pdf", "elsewhere.pdf");
    assert_eq!(checked(&elsewhere), open("scheme-psti-statement-not-there"));
}

#[test]
fn a_statement_with_a_period_that_was_never_published_fails() {
    let other = STATED.replace("supply = \"2031", "supply = \"2035");
    assert_eq!(checked(&other), (Verdict::Fail, "scheme-psti-statement-other-period".to_owned()));
    let extended = STATED.replace("[\"2031-12-31\"]", "[\"2031-12-31\", \"2033-12-31\"]");
    assert_eq!(checked(&extended).0, Verdict::Pass);
}
