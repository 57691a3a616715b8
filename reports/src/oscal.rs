//! Assessment results of OSCAL 1.1: an observation for each item, a finding for each provision.
//!
//! A finding is `satisfied` for PASS alone. INCONCLUSIVE, N/A and NOT-CLAIMED are `not-satisfied` with the
//! reason `other`, because the format knows nothing between; the verdict stands in the property `verdict`.
//! Ids are made of the run and of what they name, times are those of the run: the same record gives the
//! same bytes.

mod names;
mod observations;

use serde_json::{Value, json};
use testcases::Verdict;
use testcases::assessment::ProvisionResult;
use testcases::catalogue::Kind;

use self::names::{Names, control, markup, property};
use crate::words::Words;
use crate::{ReportError, ReportInput};

/// Version of the format.
const VERSION: &str = "1.1.3";

/// Writes the assessment results.
///
/// # Errors
/// If the JSON cannot be written.
pub fn oscal(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let failed = |error: serde_json::Error| ReportError::Write(error.to_string());
    let words = Words::of(input.language);
    let content = serde_json::to_vec(input.assessment).map_err(failed)?;
    let names = Names::of(input);
    let value = json!({ "assessment-results": {
        "uuid": names.document(&content, input.language.code()),
        "metadata": metadata(input, words, &names),
        "import-ap": { "href": format!("#{}", names.uuid("plan", &[])) },
        "results": [result(input, words, &names)],
        "back-matter": { "resources": resources(input, words, &names) },
    }});
    let mut bytes = serde_json::to_vec_pretty(&value).map_err(failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn metadata(input: &ReportInput<'_>, words: &Words, names: &Names) -> Value {
    let not_stated = words.ui("not-stated").to_owned();
    let lab = &input.facts.lab;
    let party = |key: &str, name: Option<&String>| {
        json!({
            "uuid": names.uuid(key, &[]), "type": "organization",
            "name": name.and_then(|name| names::value(name)).unwrap_or_else(|| not_stated.clone()),
        })
    };
    json!({
        "title": markup(&format!("{}: {}", title(input, words), words.ui(input.assessment.verdict.as_str()))),
        "last-modified": names.finished(),
        "version": "1",
        "oscal-version": VERSION,
        "roles": [
            { "id": "testing-laboratory", "title": words.ui("laboratory") },
            { "id": "manufacturer", "title": words.ui("manufacturer") },
        ],
        "parties": [party("lab", lab.name.as_ref()), party("manufacturer", input.assessment.dut.manufacturer.as_ref())],
        "responsible-parties": [
            { "role-id": "testing-laboratory", "party-uuids": [names.uuid("lab", &[])] },
            { "role-id": "manufacturer", "party-uuids": [names.uuid("manufacturer", &[])] },
        ],
    })
}

fn title(input: &ReportInput<'_>, words: &Words) -> String {
    let dut = &input.assessment.dut;
    let name: Vec<&str> = [dut.manufacturer.as_deref(), dut.model.as_deref()].into_iter().flatten().collect();
    if name.is_empty() { words.ui("unnamed-device").to_owned() } else { name.join(" ") }
}

fn result(input: &ReportInput<'_>, words: &Words, names: &Names) -> Value {
    let (assessment, facts) = (input.assessment, input.facts);
    let mut props = vec![
        property("verdict", assessment.verdict.as_str()),
        property("verdict-mandatory", assessment.verdict_mandatory.as_str()),
        property("edition", &assessment.edition),
        property("assessment-date", &assessment.date),
        property("complete", yes(assessment.complete)),
        property("demonstration", yes(assessment.demonstration)),
        property("can-vouch", yes(facts.invalid.is_none())),
        property("run", &facts.run),
        property("tool", &facts.tool),
    ];
    props.retain(|prop| !prop.is_null());
    let controls: Vec<Value> =
        assessment.provisions.iter().map(|one| json!({ "control-id": control(&one.id) })).collect();
    let seen = observations::of(input, words, names);
    let mut result = json!({
        "uuid": names.uuid("result", &[]),
        "title": markup(words.ui("result")),
        "description": markup(&description(input, words)),
        "start": names.started(),
        "end": names.finished(),
        "props": props,
        "local-definitions": { "components": [device(input, words, names), tool(input, words, names)] },
        "findings": assessment
            .provisions
            .iter()
            .map(|provision| finding(words, names, provision, &seen))
            .collect::<Vec<_>>(),
    });
    // Neither list may be empty where it stands.
    if !controls.is_empty() {
        result["reviewed-controls"] = json!({ "control-selections": [{ "include-controls": controls }] });
    } else {
        result["reviewed-controls"] = json!({ "control-selections": [{ "include-all": {} }] });
    }
    if !seen.is_empty() {
        result["observations"] = seen.iter().map(|one| one.value.clone()).collect::<Vec<_>>().into();
    }
    if assessment.provisions.is_empty() {
        result.as_object_mut().map(|result| result.remove("findings"));
    }
    result
}

fn description(input: &ReportInput<'_>, words: &Words) -> String {
    let assessment = input.assessment;
    let sentence = match assessment.verdict {
        Verdict::Pass => "sentence-pass",
        Verdict::Fail => "sentence-fail",
        _ => "sentence-inconclusive",
    };
    let mut said = Vec::new();
    if let Some(why) = &input.facts.invalid {
        said.push(format!("{} {why}", words.ui("invalid")));
    }
    for (holds, key) in [(!assessment.complete, "partial"), (assessment.demonstration, "demonstration")] {
        if holds {
            said.push(words.ui(key).to_owned());
        }
    }
    said.push(words.ui(sentence).to_owned());
    said.push(words.ui("disclaimer").to_owned());
    said.join(" ")
}

fn device(input: &ReportInput<'_>, words: &Words, names: &Names) -> Value {
    let dut = &input.assessment.dut;
    let props: Vec<Value> = [
        ("manufacturer", &dut.manufacturer),
        ("model", &dut.model),
        ("hardware", &dut.hardware),
        ("firmware-declared", &dut.firmware),
        ("firmware-read", &dut.firmware_read),
        ("serial-read", &dut.serial_read),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.as_deref().map(|value| property(name, value)))
    .filter(|prop| !prop.is_null())
    .collect();
    let mut device = json!({
        "uuid": names.uuid("device", &[]), "type": "hardware", "title": markup(&title(input, words)),
        "description": markup(words.ui("identification")), "status": { "state": "operational" },
    });
    if !props.is_empty() {
        device["props"] = props.into();
    }
    device
}

fn tool(input: &ReportInput<'_>, words: &Words, names: &Names) -> Value {
    json!({
        "uuid": names.uuid("tool", &[]), "type": "software", "title": markup(&input.facts.tool),
        "description": markup(words.ui("tool")), "status": { "state": "operational" },
    })
}

fn finding(words: &Words, names: &Names, provision: &ProvisionResult, seen: &[observations::Seen]) -> Value {
    let title = words.provision_title(&provision.id);
    let (state, reason) = match provision.verdict {
        Verdict::Pass => ("satisfied", "pass"),
        Verdict::Fail => ("not-satisfied", "fail"),
        Verdict::Inconclusive | Verdict::NotApplicable | Verdict::NotClaimed => ("not-satisfied", "other"),
    };
    let why = provision.reason.as_ref().map(|reason| words.reason(reason).text);
    let why = why.or_else(|| provision.why.as_deref().map(|code| words.why(code)));
    let verdict = words.ui(provision.verdict.as_str());
    let said = why.map_or_else(|| verdict.to_owned(), |why| format!("{verdict}: {why}"));
    let mut status = json!({ "state": state, "reason": reason });
    if reason == "other" {
        status["remarks"] = markup(&said).into();
    }
    let mut target = json!({ "type": "objective-id", "target-id": control(&provision.id), "status": status });
    if provision.verdict == Verdict::NotApplicable {
        target["implementation-status"] = json!({ "state": "not-applicable" });
    }
    let mut props = vec![
        property("label", &provision.id),
        property("verdict", provision.verdict.as_str()),
        property("status", &provision.status),
        property("planned", yes(provision.planned)),
    ];
    props.extend(provision.support.as_deref().map(|support| property("support", support)));
    props.extend(provision.why.as_deref().map(|why| property("why", why)));
    props.retain(|prop| !prop.is_null());
    let mut finding = json!({
        "uuid": names.uuid("finding", &[&provision.id]),
        "title": markup(&format!("{} {title}", provision.id)),
        "description": markup(&said),
        "props": props,
        "target": target,
    });
    let related: Vec<Value> = seen
        .iter()
        .filter(|one| one.provision == provision.id)
        .map(|one| json!({ "observation-uuid": one.value["uuid"] }))
        .collect();
    if !related.is_empty() {
        finding["related-observations"] = related.into();
    }
    finding
}

/// What the results rest on, by digest. The plan is what `import-ap` names.
fn resources(input: &ReportInput<'_>, words: &Words, names: &Names) -> Vec<Value> {
    let mut all = vec![("plan.json".to_owned(), None)];
    for (name, sha256) in &input.facts.digests {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = Some(sha256.clone()),
            None => all.push((name.clone(), Some(sha256.clone()))),
        }
    }
    all.into_iter()
        .map(|(name, sha256)| {
            let mut resource = json!({
                "uuid": if name == "plan.json" { names.uuid("plan", &[]) } else { names.uuid("resource", &[&name]) },
                "title": markup(&name),
                "description": markup(words.ui("digests")),
            });
            // Digests of what lies in no file of the run name nothing that could be followed.
            let is_file = name == "plan.json" || name.starts_with("declaration/") || name.starts_with("plan.");
            let hex = sha256.as_deref().map(|sha256| sha256.strip_prefix("sha256:").unwrap_or(sha256));
            match hex.filter(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
                Some(hex) if is_file => {
                    resource["rlinks"] = json!([{
                        "href": names::href(&format!("../{name}")),
                        "hashes": [{ "algorithm": "SHA-256", "value": hex }],
                    }]);
                }
                Some(hex) => resource["props"] = json!([property("sha256", hex)]),
                None if is_file => resource["rlinks"] = json!([{ "href": names::href(&format!("../{name}")) }]),
                None => {}
            }
            resource
        })
        .collect()
}

fn yes(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// How a unit of a kind is looked at.
fn methods(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::Conceptual => vec!["EXAMINE"],
        Kind::Functional => vec!["TEST"],
        Kind::Both => vec!["EXAMINE", "TEST"],
    }
}
