//! What a verdict is as the end of a trial, and the words for it.

use std::fmt::Write as _;

use harness::ixit::Blame;
use harness::testcases::Verdict;
use harness::testcases::assessment::{Assessment, ItemRecord, ProvisionResult, UnitResult};
use harness::testcases::texts::Language;
use reports::words::Words;

/// Items of a unit that are told; further ones are counted.
const ITEMS: usize = 5;

/// Reasons of the overall verdict that are told; further ones are counted.
const REASONS: usize = 20;

/// How a trial ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// PASS.
    Passed,
    /// FAIL, with what was expected and seen.
    Failed(String),
    /// INCONCLUSIVE, with what is missing.
    Open(String),
    /// N/A or not claimed, with the reason.
    Ignored(String),
}

/// The end of the trial of a case.
pub(super) fn of_case(assessment: &Assessment, case: &str, language: Language) -> Told {
    let words = Words::of(language);
    let found = assessment
        .provisions
        .iter()
        .find_map(|provision| Some((provision, provision.cases.iter().find(|one| one.id == case)?)));
    let Some((provision, found)) = found else {
        return Told::Failed(
            match language {
                Language::En => "The assessment does not have this case: the run is of another catalogue.",
                Language::Ja => "この評価結果にはこの試験項目がありません。別のカタログによる評価です。",
            }
            .to_owned(),
        );
    };
    let told = |verdict: Verdict| {
        let units = found.units.iter().filter(|unit| unit.planned && unit.verdict == verdict);
        let mut text = format!("{} {case}\n", verdict.as_str());
        units.for_each(|unit| tell_unit(&mut text, words, unit, verdict));
        text.push_str(&claim(words, provision, verdict));
        text
    };
    match found.verdict {
        Verdict::Pass => Told::Passed,
        Verdict::Fail => Told::Failed(told(Verdict::Fail)),
        Verdict::Inconclusive => Told::Open(told(Verdict::Inconclusive)),
        Verdict::NotApplicable | Verdict::NotClaimed => {
            let why = found.units.iter().find_map(|unit| unit.why.as_deref()).or(provision.why.as_deref());
            Told::Ignored(format!(
                "{}: {}",
                found.verdict.as_str(),
                words.why(why.unwrap_or("not-applicable"))
            ))
        }
    }
}

/// The end of the trial of the overall verdict: what no case shows, such as a mandatory provision that is
/// not claimed. A narrowed run is never PASS, so that its trial is ignored unless something fails.
pub(super) fn overall(assessment: &Assessment, language: Language) -> Told {
    let mut text = assessment.verdict.as_str().to_owned();
    // What is open decides nothing where something fails.
    let decisive: Vec<_> =
        assessment.overall.iter().filter(|reason| reason.verdict == assessment.verdict).collect();
    for reason in decisive.iter().take(REASONS) {
        write!(text, "\n  {} {} ({})", reason.verdict.as_str(), reason.subject, reason.code)
            .expect("a String takes any text");
    }
    if decisive.len() > REASONS {
        write!(text, "\n  + {}", decisive.len() - REASONS).expect("a String takes any text");
    }
    match assessment.verdict {
        Verdict::Fail => Told::Failed(text),
        Verdict::Pass if assessment.complete => Told::Passed,
        _ if assessment.complete => Told::Open(text),
        _ => Told::Ignored(
            match language {
                Language::En => {
                    "Partial run: not everything that applies was assessed, so there is no PASS to give"
                }
                Language::Ja => "部分的な評価:適用されるすべてを評価していないため、合格とはなりません",
            }
            .to_owned(),
        ),
    }
}

/// The reason of a provision that fails by its claim alone.
fn claim(words: &Words, provision: &ProvisionResult, verdict: Verdict) -> String {
    match &provision.reason {
        Some(reason) if provision.verdict == verdict => {
            format!("  {}: {}\n", provision.id, words.reason(reason).text)
        }
        _ => String::new(),
    }
}

fn tell_unit(text: &mut String, words: &Words, unit: &UnitResult, verdict: Verdict) {
    let items: Vec<&ItemRecord> = unit.items.iter().filter(|item| item.verdict == verdict).collect();
    if items.is_empty() {
        let why = words.why(unit.why.as_deref().unwrap_or("nothing-exercised"));
        writeln!(text, "  {} {why}", unit.id).expect("a String takes any text");
    }
    for item in items.iter().take(ITEMS) {
        tell_item(text, words, &unit.id, item);
    }
    if items.len() > ITEMS {
        writeln!(text, "  {} + {}", unit.id, items.len() - ITEMS).expect("a String takes any text");
    }
}

fn tell_item(text: &mut String, words: &Words, unit: &str, item: &ItemRecord) {
    let reason = words.reason(&item.reason);
    let mut line = |words: String| writeln!(text, "{words}").expect("a String takes any text");
    let place = [Some(item.item.as_str()), item.state.map(|state| state.as_str()), item.sample.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().filter(|part| *part != "-").collect();
    let colon = if place.is_empty() { "" } else { ": " };
    line(format!("  {unit} {}{colon}{} ({})", place.join(", "), reason.text, item.reason.code));
    for (label, said) in [("expected", reason.expected), ("actual", reason.actual)] {
        if let Some(said) = said {
            line(format!("    {}: {said}", words.ui(label)));
        }
    }
    if let Some(blame) = item.blame {
        let label = match words.language {
            Language::En => "Who has to act",
            Language::Ja => "対応すべき側",
        };
        line(format!("    {}: {}", label, words.ui(blame_key(blame))));
    }
    for one in &item.evidence {
        let at = if one.at.is_empty() { String::new() } else { format!(" {}", one.at) };
        line(format!("    {}: {}{at}", words.ui("evidence"), one.reference));
    }
}

fn blame_key(blame: Blame) -> &'static str {
    match blame {
        Blame::Device => "blame-device",
        Blame::Documentation => "blame-documentation",
        Blame::DeviceOrDocumentation => "blame-device-or-documentation",
        Blame::Lab => "blame-lab",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn assessment(verdict: &str, complete: bool, item: Value) -> Assessment {
        let unit = json!({ "id": "5.6-1-2:b", "kind": "functional", "planned": true, "why": null, "verdict": verdict,
                           "by": "machine", "rests_on": "observed", "items": [item] });
        serde_json::from_value(json!({
            "format": "hantei.assessment/1", "edition": "en303645-2.1.1+ts103701-1.1.1", "date": "2026-01-01",
            "dut": {}, "complete": complete, "demonstration": false, "verdict": verdict,
            "verdict_mandatory": verdict,
            "overall": [{ "code": "group-failed", "subject": "5.6-1", "verdict": verdict }],
            "counts": { "provisions": {}, "cases": {}, "units": {} },
            "coverage": { "units": 226, "planned": 1, "machine": 1, "assisted": 0, "assessor": 0, "external": 0,
                          "open": 0, "declared": 0 },
            "provisions": [{
                "id": "5.6-1", "status": "M", "applicable": true, "planned": true, "why": null, "support": "Y",
                "detail": null, "verdict": verdict, "reason": null,
                "cases": [{ "id": "5.6-1-2", "kind": "functional", "verdict": verdict, "conditions": [], "units": [unit] }]
            }],
            "prompts": [], "schemes": [], "extra": []
        }))
        .expect("an assessment")
    }

    fn item(verdict: &str) -> Value {
        json!({
            "item": "tcp/23", "state": "initialized", "sample": "S1", "verdict": verdict, "by": "machine",
            "rests_on": "observed", "blame": "device", "vacuous": false,
            "reason": { "code": "of-no-catalogue", "args": {}, "text": "The port is open",
                        "expected": { "text": "closed", "source": null }, "actual": { "text": "open" } },
            "evidence": [{ "ref": "sha256:5a", "at": "port 23" }], "effort": null, "open": null,
            "decision": null, "overridden": null
        })
    }

    #[test]
    fn a_verdict_ends_its_trial_with_what_was_expected_and_seen() {
        let failed = of_case(&assessment("FAIL", true, item("FAIL")), "5.6-1-2", Language::En);
        let Told::Failed(text) = failed else { panic!("{failed:?}") };
        for part in [
            "5.6-1-2:b",
            "tcp/23",
            "The port is open",
            "Expected: closed",
            "Seen: open",
            "sha256:5a port 23",
            "device",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let japanese = of_case(&assessment("FAIL", true, item("FAIL")), "5.6-1-2", Language::Ja);
        assert!(matches!(&japanese, Told::Failed(text) if !text.contains("Expected")), "{japanese:?}");
        let open = of_case(&assessment("INCONCLUSIVE", true, item("INCONCLUSIVE")), "5.6-1-2", Language::En);
        assert!(matches!(&open, Told::Open(text) if text.contains("The port is open")), "{open:?}");
        assert_eq!(of_case(&assessment("PASS", true, item("PASS")), "5.6-1-2", Language::En), Told::Passed);
        assert!(matches!(
            of_case(&assessment("N/A", true, item("N/A")), "5.6-1-2", Language::En),
            Told::Ignored(_)
        ));
        assert!(matches!(
            of_case(&assessment("PASS", true, item("PASS")), "9.9-9-9", Language::En),
            Told::Failed(_)
        ));
    }

    #[test]
    fn the_overall_verdict_of_a_narrowed_run_is_never_a_pass() {
        let of =
            |verdict: &str, complete| overall(&assessment(verdict, complete, item(verdict)), Language::En);
        assert_eq!(of("PASS", true), Told::Passed);
        assert!(matches!(of("FAIL", true), Told::Failed(text) if text.contains("5.6-1 (group-failed)")));
        assert!(matches!(of("INCONCLUSIVE", true), Told::Open(_)));
        assert!(matches!(of("PASS", false), Told::Ignored(_)));
        assert!(matches!(of("INCONCLUSIVE", false), Told::Ignored(_)));
        assert!(matches!(of("FAIL", false), Told::Failed(_)));
    }
}
