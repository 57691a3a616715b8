//! SARIF 2.1.0 for code scanning: one result for each item that fails or is open, with the unit as rule,
//! and the line of the declaration or the evidence as place. English; ids and codes are stable.
//!
//! FAIL is an error, INCONCLUSIVE a warning, and what only waits for a person a note. What passes has no
//! result; whether the run was complete and can vouch for itself stands in its invocation.

mod place;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testcases::assessment::{ItemRecord, ProvisionResult, UnitResult};
use testcases::texts::Language;
use testcases::{Prompt, Verdict};

use crate::words::Words;
use crate::{ReportError, ReportInput, inert};

/// Schema that the file names.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the SARIF log.
///
/// # Errors
/// If the JSON cannot be written.
pub fn sarif(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(Language::En);
    let mut log = Log::default();
    for provision in &input.assessment.provisions {
        if let Some(reason) = provision.reason.as_ref().filter(|_| level(provision.verdict).is_some()) {
            let said = words.reason(reason);
            let parts = [
                Some(said.text),
                prefixed(words, "expected", said.expected),
                prefixed(words, "actual", said.actual),
            ];
            let rule = log.rule(&provision.id, words.provision_title(&provision.id), "", provision);
            log.results.push(json!({
                "ruleId": provision.id,
                "ruleIndex": rule,
                "level": level(provision.verdict),
                "message": { "text": message(&parts) },
                "locations": [place::claim(input, provision)],
                "partialFingerprints": { "hantei/v1": fingerprint(&[&provision.id, &reason.code]) },
                "properties": { "verdict": provision.verdict, "provision": provision.id, "code": reason.code },
            }));
        }
        for unit in provision.cases.iter().flat_map(|case| &case.units).filter(|unit| unit.planned) {
            for item in &unit.items {
                log.item(input, words, provision, unit, item);
            }
        }
    }
    for prompt in &input.assessment.prompts {
        log.prompt(words, prompt);
    }
    log.tell_apart();
    let mut bytes = serde_json::to_vec_pretty(&log.whole(input))
        .map_err(|error| ReportError::Write(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Default)]
struct Log {
    rules: Vec<Value>,
    results: Vec<Value>,
}

impl Log {
    /// Place of a rule in the list; it is added if it is not there.
    fn rule(&mut self, id: &str, title: &str, help: &str, provision: &ProvisionResult) -> usize {
        if let Some(known) = self.rules.iter().position(|rule| rule["id"] == id) {
            return known;
        }
        let mut rule = json!({
            "id": id,
            "shortDescription": { "text": braced(&format!("{}: {title}", provision.id)) },
            "properties": { "provision": provision.id, "status": provision.status },
        });
        if !help.is_empty() {
            rule["fullDescription"] = json!({ "text": braced(help) });
        }
        self.rules.push(rule);
        self.rules.len() - 1
    }

    fn item(
        &mut self,
        input: &ReportInput<'_>,
        words: &Words,
        provision: &ProvisionResult,
        unit: &UnitResult,
        item: &ItemRecord,
    ) {
        let Some(level) = level(item.verdict) else { return };
        let level = if item.open.is_some() && level == "warning" { "note" } else { level };
        let text = words.texts().units.get(&unit.id);
        let question = text.map_or("", |text| text.question.as_str());
        let rule = self.rule(&unit.id, words.provision_title(&provision.id), question, provision);
        let said = words.reason(&item.reason);
        let parts = [
            Some(format!("{}: {}", item.item, said.text)),
            prefixed(words, "expected", said.expected),
            prefixed(words, "actual", said.actual),
        ];
        let state = item.state.map_or("", testcases::DutState::as_str);
        let sample = item.sample.as_deref().unwrap_or_default();
        let mut result = json!({
            "ruleId": unit.id,
            "ruleIndex": rule,
            "level": level,
            "message": { "text": message(&parts) },
            "locations": [place::item(input, provision, unit, item)],
            "partialFingerprints": {
                "hantei/v1": fingerprint(&[&unit.id, &item.item, state, sample, &item.reason.code]),
            },
            "properties": {
                "verdict": item.verdict, "provision": provision.id, "kind": unit.kind, "code": item.reason.code,
                "blame": item.blame, "by": item.by, "item": inert::shown(&item.item), "state": item.state,
                "sample": item.sample,
            },
        });
        let evidence = place::evidence(input, item);
        if !evidence.is_empty() {
            result["relatedLocations"] = evidence.into();
        }
        self.results.push(result);
    }

    /// A question that belongs to no unit: open, so the run is not shown sound.
    fn prompt(&mut self, words: &Words, prompt: &Prompt) {
        let kind = prompt.id.split('/').next().unwrap_or_default();
        let id = format!("question-{kind}");
        let question = words.phrases().get(&id).cloned().unwrap_or_else(|| kind.to_owned());
        let known = self.rules.iter().position(|rule| rule["id"] == id.as_str());
        let rule = known.unwrap_or_else(|| {
            self.rules.push(json!({ "id": id, "shortDescription": { "text": braced(&question) } }));
            self.rules.len() - 1
        });
        self.results.push(json!({
            "ruleId": id,
            "ruleIndex": rule,
            "level": "note",
            "message": { "text": message(&[Some(format!("{}: {question}", prompt.item))]) },
            "locations": [place::declaration("ixit.toml", None, &prompt.id)],
            "partialFingerprints": { "hantei/v1": fingerprint(&[&prompt.id]) },
            "properties": { "verdict": Verdict::Inconclusive, "item": inert::shown(&prompt.item) },
        }));
    }

    /// What stands several times for the same reason is told apart by its place in the order.
    fn tell_apart(&mut self) {
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for result in &mut self.results {
            let print = &mut result["partialFingerprints"]["hantei/v1"];
            let Some(known) = print.as_str().map(str::to_owned) else { continue };
            let time = times.entry(known.clone()).or_default();
            *time += 1;
            if *time > 1 {
                *print = fingerprint(&[&known, &time.to_string()]).into();
            }
        }
    }

    fn whole(self, input: &ReportInput<'_>) -> Value {
        let (assessment, facts) = (input.assessment, input.facts);
        let (name, version) = facts.tool.split_once(' ').unwrap_or((facts.tool.as_str(), "0"));
        let mut invocation = json!({ "executionSuccessful": facts.invalid.is_none() });
        for (key, time) in [("startTimeUtc", &facts.started), ("endTimeUtc", &facts.finished)] {
            if let Some(time) = time {
                invocation[key] = json!(time);
            }
        }
        let words = Words::of(Language::En);
        let mut notes = Vec::new();
        if let Some(why) = &facts.invalid {
            let text = message(&[Some(format!("{} {why}", words.ui("invalid")))]);
            notes.push(json!({ "level": "error", "message": { "text": text } }));
        }
        for (holds, key) in [(!assessment.complete, "partial"), (assessment.demonstration, "demonstration")] {
            if holds {
                notes.push(json!({ "level": "warning", "message": { "text": words.ui(key) } }));
            }
        }
        if !notes.is_empty() {
            invocation["toolExecutionNotifications"] = notes.into();
        }
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": name, "version": version, "rules": self.rules } },
                "automationDetails": { "id": format!("hantei/{}/", assessment.edition) },
                "invocations": [invocation],
                "originalUriBaseIds": {
                    "DECLARATION": { "description": { "text": "The declaration folder, with ics.toml and ixit.toml" } },
                    "RUN": { "description": { "text": "The run folder" } },
                },
                "columnKind": "unicodeCodePoints",
                "results": self.results,
                "properties": {
                    "run": inert::shown(&facts.run), "date": assessment.date, "edition": assessment.edition,
                    "verdict": assessment.verdict, "verdictMandatory": assessment.verdict_mandatory,
                    "complete": assessment.complete, "demonstration": assessment.demonstration,
                    "dut": assessment.dut,
                },
            }],
        })
    }
}

fn level(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Fail => Some("error"),
        Verdict::Inconclusive => Some("warning"),
        Verdict::Pass | Verdict::NotApplicable | Verdict::NotClaimed => None,
    }
}

fn prefixed(words: &Words, key: &str, text: Option<String>) -> Option<String> {
    text.map(|text| format!("{}: {text}", words.ui(key)))
}

/// A message in which nothing is a link or a place to fill in: it may hold what the device said.
fn message(parts: &[Option<String>]) -> String {
    let text = parts.iter().flatten().map(|part| inert::shown(part)).collect::<Vec<_>>().join("\n");
    braced(&text)
}

/// Braces are doubled, as messages of SARIF want it; a link needs `](`, which is taken apart.
fn braced(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

/// Names a result from run to run: made of what it is about, not of what was measured.
fn fingerprint(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
