use super::*;
use crate::scheme::{Scheme, scheme};
use crate::test_facts::TestFacts;

const COVERED: &str = "[psti]\nconnectability = \"internet\"\nfor_uk_consumers = true\nexcepted = \"none\"\n";

fn psti() -> &'static Scheme {
    scheme("psti").expect("the scheme")
}

fn checked(ixit: &str, submission: &str) -> (Verdict, String) {
    let checked = TestFacts::submitted(ixit, submission).checked(&CHECK, psti(), "scope", "");
    (checked.verdict, checked.reason.code)
}

#[test]
fn a_product_on_the_internet_for_consumers_is_covered() {
    assert_eq!(checked("", COVERED), (Verdict::Pass, "scheme-psti-covered".to_owned()));
}

#[test]
fn silence_covers_nothing_and_excepts_nothing() {
    for key in ["connectability", "for_uk_consumers", "excepted"] {
        let rest: Vec<&str> = COVERED.lines().filter(|line| !line.starts_with(key)).collect();
        let found = checked("", &rest.join("\n"));
        assert_eq!(found, (Verdict::Inconclusive, "scheme-not-stated".to_owned()), "{key}");
    }
    let odd = COVERED.replace("\"none\"", "\"toaster\"");
    assert_eq!(checked("", &odd), (Verdict::Inconclusive, "scheme-psti-not-understood".to_owned()));
}

#[test]
fn what_is_excepted_or_no_consumer_product_is_not_judged() {
    let cases = [
        (COVERED.replace("\"none\"", "\"medical-device\""), "scheme-psti-excepted"),
        (COVERED.replace("true", "false"), "scheme-psti-not-for-consumers"),
        (COVERED.replace("\"internet\"", "\"none\""), "scheme-psti-not-connectable"),
    ];
    for (submission, code) in cases {
        assert_eq!(checked("", &submission), (Verdict::NotApplicable, code.to_owned()));
    }
}

#[test]
fn a_product_with_a_service_on_ip_is_not_out_of_scope_for_want_of_a_connection() {
    let ixit = "[[auth_mech]]\nid = \"AuthMech-1\"\nendpoint = [{ transport = \"tcp\", port = 443, application = \"https\" }]\n";
    let unconnected = COVERED.replace("\"internet\"", "\"none\"");
    assert_eq!(
        checked(ixit, &unconnected),
        (Verdict::Inconclusive, "scheme-psti-connects-after-all".to_owned())
    );
}
