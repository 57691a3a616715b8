//! JUnit and JSON: what a program reads of every verdict.

mod synthetic;

use reports::{ReportInput, RunFacts};
use serde_json::{Value, json};
use synthetic::{Memory, assessment, every_verdict, facts, item, junit, provision, read};
use testcases::texts::Language;

/// The test case of a unit, with what stands in it.
fn case<'a>(xml: &'a str, name: &str) -> &'a str {
    let start = xml.find(&format!("<testcase name=\"{name}\"")).expect(name);
    let rest = &xml[start..];
    let opening = &rest[..=rest.find('>').expect("a tag ends")];
    if opening.ends_with("/>") {
        return opening;
    }
    &rest[..rest.find("</testcase>").expect("a case ends")]
}

#[test]
fn the_junit_of_a_small_assessment() {
    insta::assert_snapshot!(junit(&every_verdict(), &facts(), Language::En));
}

#[test]
fn each_verdict_has_its_own_place() {
    let xml = junit(&every_verdict(), &facts(), Language::En);
    let failed = case(&xml, "5.6-1-1:a");
    assert!(failed.contains("<failure") && failed.contains("type=\"door-open\""), "{failed}");
    assert!(failed.contains("nothing answers") && failed.contains("FAIL was seen"), "{failed}");
    assert!(case(&xml, "5.1-5-1:a").contains("<error"));
    let left_out = case(&xml, "5.3-1-1:a");
    assert!(left_out.contains("<skipped") && left_out.contains("condition does not hold"), "{left_out}");
    assert!(case(&xml, "5.10-1-1:a").contains("does not claim it"));
    let passed = case(&xml, "5.1-1-1:a");
    for element in ["<failure", "<error", "<skipped"] {
        assert!(!passed.contains(element), "{passed}");
    }
}

#[test]
fn a_run_that_cannot_vouch_for_itself_adds_a_failing_case() {
    let sound = assessment("PASS", vec![provision("5.6-1", "PASS", vec![item("A", "PASS", "as-said")])]);
    assert!(!junit(&sound, &facts(), Language::En).contains("<failure"));
    let facts = RunFacts { invalid: Some("the device was another".to_owned()), ..facts() };
    let xml = junit(&sound, &facts, Language::En);
    assert!(case(&xml, "the run can vouch for itself").contains("the device was another"));
    assert_eq!(xml.matches("<failure").count(), 1);
}

#[test]
fn control_characters_do_not_break_the_xml() {
    let mut bad = item("a\u{0}b", "FAIL", "door-open");
    bad["reason"]["actual"]["text"] = json!("\u{1b}[31m\u{8}]]>&amp;<x>");
    let xml = junit(&assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]), &facts(), Language::En);
    assert!(!xml.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{xml:?}");
    assert!(!xml.contains("<x>"));
}

#[test]
fn the_json_report_is_the_assessment() {
    let assessment = read(&every_verdict());
    let facts = facts();
    for language in Language::ALL {
        let input =
            ReportInput { assessment: &assessment, facts: &facts, language: *language, evidence: &Memory };
        let bytes = reports::json::json(&input).expect("written");
        let written: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(written, serde_json::to_value(&assessment).expect("JSON"));
    }
}
