//! What decides the verdict, in a few lines at the end of a run. The report has the rest.

use std::fmt::Write as _;

use harness::testcases::Verdict;
use harness::testcases::assessment::{Assessment, ReasonResult};

use crate::output::{Tone, paint, tone};

/// Reasons that are told; further ones are counted.
const LINES: usize = 12;

/// Failures with expected and seen, what is not claimed, and who decided how much.
pub(crate) fn text(assessment: &Assessment) -> String {
    let mut told: Vec<String> = Vec::new();
    for provision in &assessment.provisions {
        // A provision may fail by its claim alone, without any unit.
        let claim = provision.reason.as_ref().filter(|_| provision.verdict == Verdict::Fail);
        let units = provision
            .cases
            .iter()
            .flat_map(|case| &case.units)
            .flat_map(|unit| unit.items.iter().map(move |item| (unit.id.as_str(), item)))
            .filter(|(_, item)| item.verdict == Verdict::Fail)
            .map(|(unit, item)| (unit, &item.reason));
        for (id, reason) in claim.map(|reason| (provision.id.as_str(), reason)).into_iter().chain(units) {
            let line = failure(id, reason);
            // The same thing in another state or sample is told once.
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    let mut out = String::new();
    for line in told.iter().take(LINES) {
        out.push_str(line);
    }
    let more = told.len().saturating_sub(LINES);
    if more > 0 {
        writeln!(out, "  and {more} more; see the report").expect("a String takes any text");
    }
    let not_claimed: Vec<&str> = assessment
        .provisions
        .iter()
        .filter(|provision| provision.verdict == Verdict::NotClaimed)
        .map(|provision| provision.id.as_str())
        .collect();
    if !not_claimed.is_empty() {
        writeln!(out, "  Recommendations not claimed: {}", not_claimed.join(", "))
            .expect("a String takes any text");
    }
    if !assessment.complete {
        out.push_str("  Partial run: not everything that was planned was done, so it is never PASS\n");
    }
    let coverage = &assessment.coverage;
    writeln!(
        out,
        "  {} of {} units planned: {} by machine, {} assisted, {} by an assessor, {} open. Mandatory provisions alone: {}",
        coverage.planned,
        coverage.units,
        coverage.machine,
        coverage.assisted,
        coverage.assessor,
        coverage.open,
        paint(tone(assessment.verdict_mandatory), assessment.verdict_mandatory.as_str()),
    )
    .expect("a String takes any text");
    out
}

fn failure(id: &str, reason: &ReasonResult) -> String {
    let mut line = format!("  {} {id:<12} {}\n", paint(Tone::Bad, "FAIL"), reason.text);
    if let (Some(expected), Some(actual)) = (&reason.expected, &reason.actual) {
        writeln!(line, "       expected: {}\n       seen:     {}", expected.text, actual.text)
            .expect("a String takes any text");
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn assessment(provisions: serde_json::Value) -> Assessment {
        serde_json::from_value(json!({
            "format": "hantei.assessment/1", "edition": "en303645-2.1.1+ts103701-1.1.1", "date": "2026-01-01",
            "dut": {}, "complete": true, "demonstration": false, "verdict": "FAIL", "verdict_mandatory": "FAIL",
            "overall": [], "counts": { "provisions": {}, "cases": {}, "units": {} },
            "coverage": { "units": 226, "planned": 1, "machine": 1, "assisted": 0, "assessor": 0, "external": 0,
                          "open": 0, "declared": 0 },
            "provisions": provisions, "prompts": [], "schemes": [], "extra": []
        }))
        .expect("an assessment")
    }

    #[test]
    fn a_provision_that_fails_by_its_claim_is_named_too() {
        let text = text(&assessment(json!([{
            "id": "5.2-1", "status": "M", "applicable": true, "planned": false, "why": "not-claimed", "support": "N",
            "detail": null, "verdict": "FAIL", "cases": [],
            "reason": { "code": "mandatory-not-claimed", "args": {}, "text": "It is not claimed",
                        "expected": { "text": "Support Y", "source": null }, "actual": { "text": "Support N" } }
        }])));
        assert!(
            text.contains("5.2-1")
                && text.contains("expected: Support Y")
                && text.contains("seen:     Support N")
        );
    }

    #[test]
    fn without_failures_only_the_numbers_are_told() {
        let text = text(&assessment(json!([])));
        assert!(!text.contains("FAIL  ") && text.contains("1 of 226 units planned"), "{text}");
    }
}
