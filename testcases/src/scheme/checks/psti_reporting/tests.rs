use probes::probe::public_resource::ResourceSnapshot;

use super::*;
use crate::scheme::scheme;
use crate::test_facts::{Seen, TestFacts};

const URL: &str = "https://supplier.example/security";
const POLICY: &str = "Report a vulnerability to security@supplier.example. We acknowledge the receipt of a report \
    within 5 days, and tell you the status at least every 14 days until the issue is resolved.";
const GATE: &str = "Security at the supplier. Enter your name and your e-mail address to read how to report a \
    vulnerability in our products.";

fn page(status: u16, text: &str) -> ResourceSnapshot {
    ResourceSnapshot {
        url: URL.into(),
        status: Some(status),
        redirects: Vec::new(),
        left_scope: None,
        content_type: Some("text/html; charset=utf-8".into()),
        page: Some(format!("sha256:{}", "1".repeat(64))),
        size: text.len() as u64,
        wall: Vec::new(),
        text: text.into(),
        certificate_trusted: Some(true),
        certificate_note: None,
        passages: Vec::new(),
    }
}

fn checked(snapshot: ResourceSnapshot) -> (Verdict, String) {
    let ixit = format!(
        "[user_info]\n{ENTRY} = \"Page of the maker\"\ndisclosure_policy = {{ contact = \"security@supplier.example\", acknowledgement_days = 5, status_days = 14 }}\n[user_info.resources]\n{ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n"
    );
    let facts = TestFacts::claiming(&["5.2-1"], &ixit, "[psti]\n");
    let facts = facts.observed(Seen::by("public-resource", snapshot));
    let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), "reporting", "");
    assert!(!checked.evidence.is_empty() || checked.verdict == Verdict::Inconclusive, "{checked:#?}");
    (checked.verdict, checked.reason.code)
}

#[test]
fn contact_and_times_that_a_stranger_reads_are_in_order() {
    assert_eq!(checked(page(200, POLICY)), (Verdict::Pass, "scheme-psti-reporting-in-order".to_owned()));
}

#[test]
fn a_wall_a_missing_page_and_missing_content_fail() {
    let wall = ResourceSnapshot {
        wall: vec!["password field".into()],
        ..page(200, "Partner login, number and password.")
    };
    assert_eq!(checked(wall), (Verdict::Fail, "scheme-psti-reporting-walled".to_owned()));
    assert_eq!(
        checked(page(404, "Nothing here")),
        (Verdict::Fail, "scheme-psti-reporting-missing".to_owned())
    );
    let endless =
        "Report a vulnerability to security@supplier.example. We read every mail and are glad of it.";
    assert_eq!(checked(page(200, endless)), (Verdict::Fail, "scheme-psti-reporting-incomplete".to_owned()));
}

#[test]
fn a_page_that_wants_to_know_the_reader_first_fails_for_that() {
    assert_eq!(checked(page(200, GATE)), (Verdict::Fail, "scheme-psti-personal-data-asked".to_owned()));
    // A form for the report itself asks nobody who only reads.
    let form = format!("{POLICY} Or enter your name and the report in this form.");
    assert_eq!(checked(page(200, &form)).0, Verdict::Pass);
}

#[test]
fn another_language_alone_leaves_it_open() {
    let japanese = "脆弱性の報告先: security@supplier.example。受領は5日以内にお知らせし、解決まで14日ごとに状況をお伝えします。報告する方の氏名は不要です。製品名とファームウェアの版もお書きください。";
    let (verdict, code) = checked(page(200, japanese));
    assert_eq!((verdict, code.as_str()), (Verdict::Inconclusive, "scheme-psti-not-in-english"));
}
