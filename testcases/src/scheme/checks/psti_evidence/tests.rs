use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

const LABEL: &str = "[[external_evidence]]\nid = \"EV-1\"\ndocument = \"label.pdf\"\nscheme = \"JC-STAR STAR-1\"\nissued = \"2026-01-01\"\nvalid_until = \"2027-12-31\"\ncovers = [\"psti:passwords\"]\n";
const OF: &str = "of = [\"JC-STAR\", \"CLS\"]\nexpires = true\n";

fn facts(evidence: &str) -> TestFacts {
    let ics =
        format!("edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nfirmware = \"1.0\"\n{evidence}");
    TestFacts::with_ics(&ics, "").handed_in("label.pdf")
}

fn checked(facts: &TestFacts, requirement: &str, with: &str) -> (Verdict, String) {
    let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), requirement, with);
    (checked.verdict, checked.reason.code)
}

#[test]
fn a_label_that_nobody_handed_in_is_a_way_that_is_not_taken() {
    let not_taken = (Verdict::NotClaimed, "scheme-psti-way-not-taken".to_owned());
    assert_eq!(checked(&facts(""), "passwords", OF), not_taken);
    // Neither does one that is for another requirement, or of another scheme.
    assert_eq!(checked(&facts(LABEL), "reporting", OF), not_taken);
    let other = LABEL.replace("JC-STAR STAR-1", "Some other mark");
    assert_eq!(checked(&facts(&other), "passwords", OF), not_taken);
}

#[test]
fn a_label_counts_after_an_assessor_said_so_and_while_it_is_valid() {
    let waits = (Verdict::Inconclusive, "scheme-evidence-waits".to_owned());
    assert_eq!(checked(&facts(LABEL), "passwords", OF), waits);
    let accepted = facts(LABEL).decided("external/EV-1", "yes");
    assert_eq!(checked(&accepted, "passwords", OF), (Verdict::Pass, "scheme-evidence-accepted".to_owned()));
    let refused = facts(LABEL).decided("external/EV-1", "no");
    assert_eq!(
        checked(&refused, "passwords", OF),
        (Verdict::Fail, "scheme-psti-evidence-refused".to_owned())
    );
    let over = LABEL.replace("2027-12-31", "2026-06-30");
    assert_eq!(
        checked(&facts(&over), "passwords", OF),
        (Verdict::Fail, "scheme-psti-label-expired".to_owned())
    );
}

#[test]
fn a_label_without_an_end_and_a_unit_that_did_not_pass_leave_it_open() {
    let endless = LABEL.replace("valid_until = \"2027-12-31\"\n", "");
    let endless = facts(&endless).decided("external/EV-1", "yes");
    assert_eq!(
        checked(&endless, "passwords", OF),
        (Verdict::Inconclusive, "scheme-psti-label-without-end".to_owned())
    );
    let iso =
        LABEL.replace("JC-STAR STAR-1", "ISO/IEC 29147:2018").replace("psti:passwords", "psti:reporting");
    let iso = facts(&iso).decided("external/EV-1", "yes");
    let with = "of = [\"29147\"]\nunits = [\"5.2-1-2:a\"]\n";
    assert_eq!(
        checked(&iso, "reporting", with),
        (Verdict::Inconclusive, "scheme-psti-evidence-not-enough".to_owned())
    );
}
