use probes::Outcome;
use probes::apart::{DocumentRead, NotRead, PageOfDocument, Unreadable};

use super::*;
use crate::judge::{ItemResult, RestsOn};
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const TABLES: &str = r#"
[[del_func]]
id = "DelFunc-Reset"
description = "Everything on the device"
target_type = "user data on the device"
initiation_and_interaction = "Settings, Reset"
confirmation = "The panel says so"
told = { named = ["recessed key"] }
"#;

/// The manual is named beside an address, in prose.
fn beside_an_address() -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\ndocumentation_of_deletion = \"On the web, and chapter 7 of documents/manual.pdf.\"\n\
         publication_of_support_period = \"See documents/manual.pdf\"\n{TABLES}"
    ))
    .handed_in("manual.pdf")
}

/// The manual is the declared place.
fn the_place() -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\ndocumentation_of_deletion = \"The manual\"\n[user_info.resources]\n\
         documentation_of_deletion = {{ kind = \"document\", place = \"documents/manual.pdf, chapter 7\" }}\n{TABLES}"
    ))
    .handed_in("manual.pdf")
}

fn manual(pages: &[&[&str]]) -> DocumentSeen {
    let page =
        |lines: &&[&str]| PageOfDocument { lines: lines.iter().map(|line| (*line).to_owned()).collect() };
    DocumentSeen {
        path: "manual.pdf".into(),
        octets: 1000,
        format: Some(DocumentFormat::Pdf),
        read: Some(DocumentRead {
            pages: pages.iter().map(page).collect(),
            paged: true,
            ..DocumentRead::default()
        }),
        not_read: None,
        kept: Some(format!("sha256:{}", "3".repeat(64))),
    }
}

const GOOD: &[&[&str]] = &[
    &["HK-100 manual", "", "Security updates until 2031-12-31."],
    &[
        "7. Delete your data",
        "",
        "To erase everything, hold the recessed",
        "key for ten seconds, then press OK.",
    ],
];
const SILENT: &[&[&str]] =
    &[&["HK-100 manual", "", "To erase everything, call our service. It takes a day or two."]];

fn shown(result: &ItemResult, label: &str) -> Vec<String> {
    let prompt = result.open.as_ref().expect("a question");
    let lines = prompt.shown.iter().filter(|shown| shown.label == label);
    lines.map(|shown| shown.text.clone()).collect()
}

#[test]
fn a_hit_is_shown_with_page_and_line() {
    let result = beside_an_address().observed(Seen::by(PROBE, manual(GOOD))).judge_one("5.11-3-1:b");
    assert_eq!(shown(&result, "observed.document"), ["documents/manual.pdf (PDF, 2 p., 7 l.)"]);
    let hits = shown(&result, "observed.document-hit");
    assert!(
        hits.contains(&"documents/manual.pdf p. 2 l. 3: To erase everything, hold the recessed".to_owned()),
        "{hits:#?}"
    );
    assert!(hits.iter().any(|hit| hit.starts_with("documents/manual.pdf p. 2 l. 1: 7. Delete your data")));
    assert!(shown(&result, "observed.document-lacks").is_empty());
}

#[test]
fn days_are_shown_where_the_support_period_is_published() {
    let result = beside_an_address().observed(Seen::by(PROBE, manual(GOOD))).judge_one("5.3-13-1:a");
    let hits = shown(&result, "observed.document-hit");
    assert!(
        hits.contains(&"documents/manual.pdf p. 1 l. 3: Security updates until 2031-12-31.".to_owned()),
        "{hits:#?}"
    );
}

#[test]
fn words_that_stand_nowhere_are_named_where_everything_was_read() {
    let result = beside_an_address().observed(Seen::by(PROBE, manual(SILENT))).judge_one("5.11-3-1:b");
    assert_eq!(shown(&result, "observed.document-lacks"), ["documents/manual.pdf: recessed key"]);
    let mut cut = manual(SILENT);
    cut.read.as_mut().unwrap().gaps.push("page 2 is a picture without text".into());
    let cut = Seen::by(PROBE, cut).ended(Outcome::Partial, "page 2 is a picture without text");
    let result = beside_an_address().observed(cut).judge_one("5.11-3-1:b");
    assert!(shown(&result, "observed.document-lacks").is_empty());
    assert_eq!(shown(&result, "observed.document-gap"), ["page 2 is a picture without text"]);
    let japanese = manual(&[&["取扱説明書", "利用履歴は本体の設定画面から消去できます。"]]);
    let result = beside_an_address().observed(Seen::by(PROBE, japanese)).judge_one("5.11-3-1:b");
    assert!(shown(&result, "observed.document-lacks").is_empty(), "another script tells nothing");
    assert!(shown(&result, "observed.document-hit")[0].contains("消去"));
}

#[test]
fn a_document_that_was_not_read_says_why() {
    let not_read = DocumentSeen {
        read: None,
        not_read: Some(NotRead::Unreadable(Unreadable {
            code: "encrypted".into(),
            words: "it opens with a password only".into(),
        })),
        ..manual(GOOD)
    };
    let seen = Seen::by(PROBE, not_read).ended(Outcome::Partial, "encrypted");
    let result = beside_an_address().observed(seen).judge_one("5.11-3-1:b");
    assert_eq!(
        shown(&result, "observed.document-unread"),
        ["documents/manual.pdf: encrypted (it opens with a password only)"]
    );
}

#[test]
fn a_document_that_is_the_place_fails_without_the_words_and_never_passes_with_them() {
    let good = the_place().observed(Seen::by(PROBE, manual(GOOD))).judge_one("5.11-3-1:b");
    assert_eq!(good.verdict, Verdict::Inconclusive);
    assert_eq!(good.open.as_ref().and_then(|prompt| prompt.prejudgement), Some(Verdict::Pass));
    let bad = the_place().observed(Seen::by(PROBE, manual(SILENT))).judge_one("5.11-3-1:b");
    assert_eq!((bad.verdict, bad.reason.code.as_str()), (Verdict::Fail, "deletion-not-told"));
    assert_eq!(bad.rests_on, RestsOn::Document);
    // In two parts, on two pages: a person looks.
    let parted = manual(&[&["To erase everything on it, hold the recessed", "3"], &["key for ten seconds."]]);
    let parted = the_place().observed(Seen::by(PROBE, parted)).judge_one("5.11-3-1:b");
    assert_eq!(parted.verdict, Verdict::Inconclusive);
    let unseen = the_place().judge_one("5.11-3-1:b");
    assert_eq!((unseen.verdict, unseen.open.is_some()), (Verdict::Inconclusive, true));
}

#[test]
fn telemetry_and_personal_data_in_a_document_are_passed_by_a_person() {
    let facts = TestFacts::declared(
        "[user_info]\ndocumentation_of_personal_data = \"The manual\"\n[user_info.resources]\n\
         documentation_of_personal_data = { kind = \"document\", place = \"documents/manual.pdf\" }\n\
         [[pers_data]]\nid = \"PersData-Usage\"\ndescription = \"Usage history\"\n\
         processing_activities = \"Sent to the maintenance\"\n\
         told = { named = [\"usage history\"], purposes = [\"forecast of wear\"], by = [\"maintenance\"] }\n",
    )
    .handed_in("manual.pdf");
    let told = manual(&[&[
        "Personal data",
        "",
        "The usage history goes to our maintenance for a forecast of wear.",
    ]]);
    let result = facts.observed(Seen::by(PROBE, told)).judge_one("6-1-2:b");
    assert_eq!(result.verdict, Verdict::Inconclusive, "{result:#?}");
    assert_eq!(result.open.and_then(|prompt| prompt.prejudgement), Some(Verdict::Pass));
}

#[test]
fn documents_are_named_by_companion_and_prose() {
    let named = |text: &str| {
        TestFacts::declared(&format!("[user_info]\n{text}"))
            .handed_in("manual.md")
            .handed_in("more/data.md")
            .handed_in("sbom.json")
            .facts()
            .declaration
            .clone()
    };
    let of = |text: &str| named_in(&named(text), "documentation_of_deletion");
    assert_eq!(of("documentation_of_deletion = \"See documents/manual.md.\"\n"), ["manual.md"]);
    assert_eq!(
        of("documentation_of_deletion = \"documents/more/data.md, documents/manual.md (chapter 3)\"\n"),
        ["manual.md", "more/data.md"]
    );
    for text in [
        "documents/manual.md.old",
        "documents/manual",
        "manual.md",
        "documents/sbom.json",
        "documents/manual.md2",
    ] {
        assert!(of(&format!("documentation_of_deletion = \"{text}\"\n")).is_empty(), "{text}");
    }
    let all = named_of(&named(
        "documentation_of_deletion = \"documents/manual.md\"\ndocumentation_of_sensors = \"documents/manual.md\"\n",
    ));
    assert_eq!(all, ["manual.md: user_info.documentation_of_sensors, user_info.documentation_of_deletion"]);
}

fn named_of(declaration: &Declaration) -> Vec<String> {
    super::named(declaration)
        .into_iter()
        .map(|(path, entries)| format!("{path}: {}", entries.join(", ")))
        .collect()
}

#[test]
fn a_report_is_looked_through_for_implementation_and_scope() {
    let declared = || {
        TestFacts::declared(
            "[[net_sec_impl]]\nid = \"NetSecImpl-Tls\"\ndescription = \"TLS\"\n\
             review_evaluation_method = \"Code review\"\nreport = \"documents/review.md, section 2\"\n\
             implementation = { name = \"rustls\", version = \"0.23.35\" }\n\
             review = { done = true, by = [\"third-party\"], version = \"0.23.35\", covers = [\"handshakes\"] }\n",
        )
        .handed_in("review.md")
    };
    let report = |line: &str| DocumentSeen {
        path: "review.md".into(),
        format: Some(DocumentFormat::Markdown),
        read: Some(DocumentRead {
            pages: vec![PageOfDocument { lines: vec!["# Review".into(), line.into()] }],
            ..DocumentRead::default()
        }),
        ..manual(GOOD)
    };
    assert_eq!(named_of(&declared().facts().declaration.clone()), ["review.md: net_sec_impl.report"]);
    let good = declared()
        .observed(Seen::by(PROBE, report("TLS: rustls 0.23.35, handshakes tried.")))
        .judge_one("5.5-2-1:b");
    assert_eq!(
        shown(&good, "observed.document-hit"),
        ["documents/review.md l. 2: TLS: rustls 0.23.35, handshakes tried."]
    );
    assert!(shown(&good, "observed.document-lacks").is_empty());
    let bad = declared().observed(Seen::by(PROBE, report("TLS: another library."))).judge_one("5.5-2-1:b");
    assert_eq!(shown(&bad, "observed.document-lacks"), ["documents/review.md: rustls, 0.23.35, handshakes"]);
}
