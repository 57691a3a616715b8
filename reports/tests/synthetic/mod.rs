//! A small assessment with one provision of every verdict, and evidence that lies in memory.

#![allow(dead_code, reason = "each test file uses its part")]

use reports::{EvidenceSource, ReportInput, RunFacts};
use serde_json::{Value, json};
use testcases::assessment::Assessment;
use testcases::texts::Language;

/// Digest of the one stored piece of evidence.
pub(crate) const STORED: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

/// Evidence: one text.
pub(crate) struct Memory;

impl EvidenceSource for Memory {
    fn read(&self, reference: &str) -> Option<(String, Vec<u8>)> {
        (reference == STORED).then(|| ("evidence/1111.txt".to_owned(), b"login: ".to_vec()))
    }
}

/// An item that the machine judged.
pub(crate) fn item(name: &str, verdict: &str, code: &str) -> Value {
    json!({
        "item": name, "state": "initialized", "sample": "S1", "verdict": verdict, "by": "machine",
        "rests_on": "observed", "blame": if verdict == "PASS" { Value::Null } else { json!("device") },
        "vacuous": false,
        "reason": {
            "code": code, "args": {}, "text": format!("{name} was looked at"),
            "expected": {"text": "nothing answers", "source": "declaration:ixit.toml#intf[0].status"},
            "actual": {"text": format!("{verdict} was seen")},
        },
        "evidence": [
            {"ref": STORED, "at": "request 6"},
            {"ref": "declaration:ixit.toml#intf[0].status", "at": ""},
            {"ref": "declaration:ixit.toml#intf[0].description", "at": ""},
        ],
        "effort": {"attempted": 20, "completed": 19, "seconds": 2.04, "what": "GET /state"},
        "open": null, "decision": null, "overridden": null,
    })
}

/// An item that a person passed.
pub(crate) fn decided(name: &str, reason: &str) -> Value {
    let mut item = item(name, "PASS", "person-passed-it");
    item["by"] = json!("assessor");
    item["effort"] = Value::Null;
    item["reason"]["text"] = json!(reason);
    item["reason"]["actual"] = Value::Null;
    item["decision"] = json!({
        "prompt": format!("x/{name}"), "answer": "yes", "reason": reason, "person": "A. Reader",
        "role": "assessor", "date": "2026-03-04T05:06:07Z", "attachments": [], "facts": "sha256:0",
    });
    item
}

/// An item whose question waits.
pub(crate) fn waiting(unit: &str, name: &str) -> Value {
    let mut item = item(name, "INCONCLUSIVE", "person-is-asked");
    item["effort"] = Value::Null;
    item["blame"] = json!("lab");
    item["open"] = json!({
        "id": format!("{unit}/{name}"), "unit": unit, "item": name, "state": null, "sample": null,
        "role": "assessor", "kind": "yes-no", "shown": [], "prejudgement": null, "facts": "sha256:0",
    });
    item
}

/// A provision with one case and one unit.
pub(crate) fn provision(id: &str, verdict: &str, items: Vec<Value>) -> Value {
    let planned = matches!(verdict, "PASS" | "FAIL" | "INCONCLUSIVE");
    let unit_verdict = if planned { verdict } else { "N/A" };
    let why = match verdict {
        "N/A" => json!("condition-not-met"),
        "NOT-CLAIMED" => json!("not-claimed"),
        _ => Value::Null,
    };
    json!({
        "id": id, "status": "M", "applicable": planned, "planned": planned, "why": why,
        "support": "Y", "detail": "as the supplier says", "verdict": verdict, "reason": null,
        "cases": [{
            "id": format!("{id}-1"), "kind": "functional", "verdict": unit_verdict,
            "conditions": [{"c": "c1", "basis": "no-indication", "verdict": unit_verdict, "units": ["a"]}],
            "units": [{
                "id": format!("{id}-1:a"), "kind": "functional", "planned": planned, "why": why,
                "verdict": unit_verdict, "by": if planned { json!("machine") } else { Value::Null },
                "rests_on": if planned { json!("observed") } else { Value::Null }, "items": items,
            }],
        }],
    })
}

/// An assessment of some provisions.
pub(crate) fn assessment(verdict: &str, provisions: Vec<Value>) -> Value {
    let overall: Vec<Value> = provisions
        .iter()
        .filter_map(|provision| {
            let code = match provision["verdict"].as_str()? {
                "FAIL" => "provision-failed",
                "INCONCLUSIVE" => "provision-open",
                _ => return None,
            };
            Some(json!({"code": code, "subject": provision["id"], "verdict": provision["verdict"]}))
        })
        .collect();
    json!({
        "format": "hantei.assessment/1", "edition": "en303645-2.1.1+ts103701-1.1.1", "date": "2026-03-04",
        "dut": {"manufacturer": "Maker", "model": "M-1", "hardware": null, "firmware": "1.0",
                "firmware_read": "1.0", "serial_read": null},
        "complete": true, "demonstration": false, "verdict": verdict, "verdict_mandatory": verdict,
        "overall": overall,
        "counts": {"provisions": {}, "cases": {}, "units": {}},
        "coverage": {"units": 5, "planned": 3, "machine": 2, "assisted": 0, "assessor": 0, "external": 0,
                     "open": 1, "declared": 0},
        "provisions": provisions, "prompts": [], "schemes": [], "extra": [],
    })
}

/// One provision of every verdict.
pub(crate) fn every_verdict() -> Value {
    assessment(
        "FAIL",
        vec![
            provision("5.1-1", "PASS", vec![decided("Row-A", "reads well"), decided("Row-B", "reads well")]),
            provision(
                "5.1-5",
                "INCONCLUSIVE",
                vec![waiting("5.1-5-1:a", "Row-A"), waiting("5.1-5-1:a", "Row-B")],
            ),
            provision("5.3-1", "N/A", vec![]),
            provision(
                "5.6-1",
                "FAIL",
                vec![item("tcp/23", "FAIL", "door-open"), item("tcp/80", "PASS", "as-said")],
            ),
            provision("5.10-1", "NOT-CLAIMED", vec![]),
        ],
    )
}

/// Reads an assessment as the product does.
pub(crate) fn read(value: &Value) -> Assessment {
    serde_json::from_value(value.clone()).expect("the shape of hantei.assessment/1")
}

/// What a report needs beside the assessment.
pub(crate) fn facts() -> RunFacts {
    RunFacts { tool: "hantei 0".to_owned(), run: "run-1".to_owned(), ..RunFacts::default() }
}

/// The JUnit report as text.
pub(crate) fn junit(value: &Value, facts: &RunFacts, language: Language) -> String {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language, evidence: &Memory };
    String::from_utf8(reports::junit::junit(&input).expect("written")).expect("UTF-8")
}
