//! SARIF and OSCAL: what a program reads of every verdict, and that the same run has the same names.

mod synthetic;

use reports::{EvidenceSource, ReportInput, RunFacts};
use serde_json::{Value, json};
use synthetic::{Memory, assessment, every_verdict, facts, item, provision, read};
use testcases::texts::Language;

/// Evidence, and a declaration whose status of the first interface stands in line 12.
struct Declared;

impl EvidenceSource for Declared {
    fn read(&self, reference: &str) -> Option<(String, Vec<u8>)> {
        Memory.read(reference)
    }

    fn declared_at(&self, reference: &str) -> Option<(String, u32)> {
        (reference == "declaration:ixit.toml#intf[0].status").then(|| ("ixit.toml".to_owned(), 12))
    }
}

fn sarif(value: &Value, facts: &RunFacts, evidence: &dyn EvidenceSource) -> Value {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language: Language::Ja, evidence };
    serde_json::from_slice(&reports::sarif::sarif(&input).expect("written")).expect("JSON")
}

fn oscal(value: &Value, facts: &RunFacts, language: Language) -> Value {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language, evidence: &Memory };
    serde_json::from_slice(&reports::oscal::oscal(&input).expect("written")).expect("JSON")
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().expect("results")
}

fn run_facts() -> RunFacts {
    RunFacts {
        started: Some("2026-03-04T05:06:07.5Z".to_owned()),
        finished: Some("2026-03-04T06:06:07Z".to_owned()),
        digests: vec![("plan.json".to_owned(), format!("sha256:{}", "a".repeat(64)))],
        ..facts()
    }
}

#[test]
fn sarif_has_a_result_for_what_fails_and_what_is_open_and_for_nothing_else() {
    let log = sarif(&every_verdict(), &facts(), &Declared);
    let told: Vec<(&str, &str)> = results(&log)
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap_or(""), result["level"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(told, [("5.1-5-1:a", "note"), ("5.1-5-1:a", "note"), ("5.6-1-1:a", "error")]);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in results(&log) {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_eq!(log["runs"][0]["tool"]["driver"]["version"], "0");
}

#[test]
fn what_the_machine_could_not_establish_is_a_warning() {
    let open = provision("5.6-1", "INCONCLUSIVE", vec![item("tcp/23", "INCONCLUSIVE", "too-little-effort")]);
    let log = sarif(&assessment("INCONCLUSIVE", vec![open]), &facts(), &Memory);
    assert_eq!(results(&log)[0]["level"], "warning");
}

#[test]
fn a_result_stands_in_the_declaration_where_that_is_known_and_else_in_the_evidence() {
    let place = |evidence: &dyn EvidenceSource| {
        let log = sarif(&every_verdict(), &facts(), evidence);
        results(&log)[2]["locations"][0]["physicalLocation"].clone()
    };
    let declared = place(&Declared);
    assert_eq!(declared["artifactLocation"], json!({"uri": "ixit.toml", "uriBaseId": "DECLARATION"}));
    assert_eq!(declared["region"]["startLine"], 12);
    let stored = place(&Memory);
    assert_eq!(stored["artifactLocation"], json!({"uri": "evidence/1111.txt", "uriBaseId": "RUN"}));
}

#[test]
fn a_result_has_the_same_name_in_the_next_run_and_another_one_for_another_item() {
    let name = |item: Value| {
        let value = assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![item])]);
        results(&sarif(&value, &facts(), &Memory))[0]["partialFingerprints"]["hantei/v1"].clone()
    };
    let first = name(item("tcp/23", "FAIL", "door-open"));
    let mut again = item("tcp/23", "FAIL", "door-open");
    again["evidence"][0]["ref"] = json!("sha256:22");
    again["reason"]["actual"]["text"] = json!("another banner");
    again["effort"]["seconds"] = json!(7.0);
    assert_eq!(name(again), first);
    assert_ne!(name(item("tcp/22", "FAIL", "door-open")), first);
    assert_ne!(name(item("tcp/23", "FAIL", "other-code")), first);
}

#[test]
fn an_item_that_stands_twice_in_a_unit_has_two_names() {
    let both = || vec![item("tls", "FAIL", "old-version"), item("tls", "FAIL", "old-version")];
    let value = assessment("FAIL", vec![provision("5.6-1", "FAIL", both())]);
    let log = sarif(&value, &facts(), &Memory);
    let name = |index: usize| results(&log)[index]["partialFingerprints"]["hantei/v1"].clone();
    assert_ne!(name(0), name(1));
    let document = oscal(&value, &run_facts(), Language::En);
    let seen = &document["assessment-results"]["results"][0]["observations"];
    assert_ne!(seen[0]["uuid"], seen[1]["uuid"]);
}

#[test]
fn nothing_in_a_message_of_sarif_is_a_link_or_a_place_to_fill_in() {
    let mut bad = item("[x](https://evil.example)", "FAIL", "door-open");
    bad["reason"]["actual"]["text"] = json!("{0} [y](1) \u{202e}");
    let log = sarif(&assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]), &facts(), &Memory);
    let text = results(&log)[0]["message"]["text"].as_str().expect("a text");
    assert!(!text.contains("](") && !text.contains('\u{202e}'), "{text}");
    assert!(text.contains("{{0}}"), "{text}");
}

#[test]
fn sarif_says_that_a_run_is_partial_a_demonstration_or_cannot_vouch() {
    let mut value = every_verdict();
    value["complete"] = json!(false);
    value["demonstration"] = json!(true);
    let facts = RunFacts { invalid: Some("identity lost".to_owned()), ..facts() };
    let invocation = sarif(&value, &facts, &Memory)["runs"][0]["invocations"][0].clone();
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().map(Vec::len), Some(3));
    let sound = sarif(&every_verdict(), &self::facts(), &Memory)["runs"][0]["invocations"][0].clone();
    assert_eq!(sound, json!({"executionSuccessful": true}));
}

#[test]
fn oscal_calls_satisfied_what_passed_and_nothing_else() {
    let document = oscal(&every_verdict(), &run_facts(), Language::En);
    let findings = document["assessment-results"]["results"][0]["findings"].as_array().expect("findings");
    let told: Vec<(&str, &str, &str)> = findings
        .iter()
        .map(|finding| {
            let status = &finding["target"]["status"];
            let verdict = finding["props"]
                .as_array()
                .and_then(|props| props.iter().find(|prop| prop["name"] == "verdict"))
                .and_then(|prop| prop["value"].as_str());
            (
                verdict.unwrap_or(""),
                status["state"].as_str().unwrap_or(""),
                status["reason"].as_str().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("PASS", "satisfied", "pass"),
            ("INCONCLUSIVE", "not-satisfied", "other"),
            ("N/A", "not-satisfied", "other"),
            ("FAIL", "not-satisfied", "fail"),
            ("NOT-CLAIMED", "not-satisfied", "other"),
        ]
    );
    assert_eq!(findings[2]["target"]["implementation-status"]["state"], "not-applicable");
}

#[test]
fn oscal_says_how_each_thing_was_looked_at() {
    let mut value = every_verdict();
    value["provisions"][3]["cases"][0]["units"][0]["kind"] = json!("conceptual");
    let document = oscal(&value, &run_facts(), Language::En);
    let methods = |unit: &str| {
        document["assessment-results"]["results"][0]["observations"]
            .as_array()
            .and_then(|all| {
                all.iter().find(|one| one["title"].as_str().is_some_and(|title| title.starts_with(unit)))
            })
            .map(|one| one["methods"].clone())
    };
    assert_eq!(methods("5.1-1-1:a"), Some(json!(["TEST", "INTERVIEW"])), "decided by a person");
    assert_eq!(methods("5.1-5-1:a"), Some(json!(["TEST", "INTERVIEW"])), "waits for a person");
    assert_eq!(methods("5.6-1-1:a"), Some(json!(["EXAMINE"])));
    assert_eq!(methods("5.3-1-1:a"), None, "not planned");
}

#[test]
fn the_same_record_gives_the_same_bytes_and_another_run_other_ids() {
    let first = oscal(&every_verdict(), &run_facts(), Language::En);
    assert_eq!(first, oscal(&every_verdict(), &run_facts(), Language::En));
    let later = RunFacts { started: Some("2026-03-05T05:06:07Z".to_owned()), ..run_facts() };
    let other = oscal(&every_verdict(), &later, Language::En);
    let id = |document: &Value| document["assessment-results"]["results"][0]["findings"][0]["uuid"].clone();
    assert_ne!(id(&first), id(&other));
    let mut changed = every_verdict();
    changed["verdict"] = json!("INCONCLUSIVE");
    let changed = oscal(&changed, &run_facts(), Language::En);
    assert_eq!(id(&first), id(&changed), "a finding keeps its name when the record grows");
    assert_ne!(first["assessment-results"]["uuid"], changed["assessment-results"]["uuid"]);
}

#[test]
fn ids_of_oscal_are_unique_and_every_reference_has_its_target() {
    let document = oscal(&every_verdict(), &run_facts(), Language::Ja);
    let (mut ids, mut meant) = (Vec::new(), Vec::new());
    collect(&document, &mut ids, &mut meant);
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    for one in meant {
        assert!(ids.contains(&one), "{one} is nowhere");
    }
}

fn collect(value: &Value, ids: &mut Vec<String>, meant: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|one| collect(one, ids, meant)),
        Value::Object(values) => {
            for (key, one) in values {
                match (key.as_str(), one.as_str()) {
                    ("uuid", Some(id)) => ids.push(id.to_owned()),
                    ("observation-uuid" | "subject-uuid" | "actor-uuid", Some(id)) => {
                        meant.push(id.to_owned())
                    }
                    ("href", Some(href)) if href.starts_with('#') => meant.push(href[1..].to_owned()),
                    _ => collect(one, ids, meant),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn what_a_device_says_is_no_markup_in_oscal() {
    let mut bad = item("[x](https://evil.example)\n# y", "FAIL", "door-open");
    bad["reason"]["actual"]["text"] = json!("<script>x</script> ![p](http://p.example/p.png)");
    bad["sample"] = json!("  ");
    let value = assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]);
    let document = oscal(&value, &run_facts(), Language::En);
    let seen = &document["assessment-results"]["results"][0]["observations"][0];
    let title = seen["title"].as_str().expect("a title");
    assert!(!title.contains('\n') && title.contains("\\[x\\]"), "{title}");
    let description = seen["description"].as_str().expect("a description");
    assert!(!description.contains("<script") && !description.contains("http://"), "{description}");
    let props = seen["props"].as_array().expect("props");
    assert!(props.iter().all(|prop| prop["name"] != "sample"), "an empty value is left out");
}
