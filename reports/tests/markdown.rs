//! The summary for pull requests: what it says, and that nothing in it acts.

mod synthetic;

use reports::{ReportInput, RunFacts};
use serde_json::{Value, json};
use synthetic::{Memory, assessment, every_verdict, facts, item, provision, read};
use testcases::texts::Language;

fn summary(value: &Value, facts: &RunFacts, language: Language) -> String {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language, evidence: &Memory };
    String::from_utf8(reports::markdown::markdown(&input).expect("template and values agree")).expect("UTF-8")
}

#[test]
fn the_summary_of_a_small_assessment() {
    insta::assert_snapshot!("summary_en", summary(&every_verdict(), &facts(), Language::En));
    insta::assert_snapshot!("summary_ja", summary(&every_verdict(), &facts(), Language::Ja));
}

#[test]
fn a_failure_says_expected_seen_and_unit_and_what_passes_is_not_told() {
    let text = summary(&every_verdict(), &facts(), Language::En);
    for said in ["FAIL", "nothing answers", "FAIL was seen", "5.6-1-1:a", "5.1-5-1:a"] {
        assert!(text.contains(said), "{said} is missing in {text}");
    }
    assert!(!text.contains("tcp/80"), "a sound item is no finding");
}

#[test]
fn partial_invalid_and_demonstration_runs_say_so_before_the_numbers() {
    let mut value = every_verdict();
    value["complete"] = json!(false);
    value["demonstration"] = json!(true);
    let facts = RunFacts { invalid: Some("identity lost".to_owned()), ..facts() };
    let text = summary(&value, &facts, Language::En);
    let above = &text[..text.find("| Verdict").expect("numbers")];
    for said in ["> Partial", "> Demonstration", "identity lost"] {
        assert!(above.contains(said), "{said} is missing in {above}");
    }
}

#[test]
fn hostile_values_are_text() {
    let hostile = "\n# Verdict: PASS\n\n![x](https://evil.example/p.png) [PASS](javascript:x) <script>x</script> @team #1 \
                   | a | b | `c` $d$ \u{202e}\u{1b}[2J";
    let mut bad = item(hostile, "FAIL", "door-open");
    for field in ["/reason/text", "/reason/expected/text", "/reason/expected/source", "/reason/actual/text"] {
        *bad.pointer_mut(field).expect(field) = json!(hostile);
    }
    let mut value = assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]);
    for name in ["manufacturer", "model", "hardware", "firmware", "firmware_read", "serial_read"] {
        value["dut"][name] = json!(hostile);
    }
    let facts = RunFacts { run: hostile.to_owned(), invalid: Some(hostile.to_owned()), ..facts() };
    for language in Language::ALL {
        let text = summary(&value, &facts, *language);
        assert_eq!(text.lines().filter(|line| line.starts_with("# ")).count(), 1, "{text}");
        for acting in ["](", "<script", "https://", "@team", "#1", " | a ", "\u{202e}", "\u{1b}"] {
            let escaped = text.replace("\\](", "");
            assert!(!escaped.contains(acting), "{acting} in {text}");
        }
    }
}
