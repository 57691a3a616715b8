//! Observations: one for each item of a planned unit, with the method, the verdict and the evidence.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testcases::assessment::{ItemRecord, ProvisionResult, UnitResult};
use testcases::{By, DutState};

use super::names::{self, Names, markup, property, time};
use crate::ReportInput;
use crate::words::Words;

/// An observation and the provision that it belongs to.
pub(super) struct Seen {
    pub(super) provision: String,
    pub(super) value: Value,
}

/// All observations.
pub(super) fn of(input: &ReportInput<'_>, words: &Words, names: &Names) -> Vec<Seen> {
    let mut times = Times::default();
    let mut seen: Vec<Seen> = Vec::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for provision in &input.assessment.provisions {
        for unit in provision.cases.iter().flat_map(|case| &case.units).filter(|unit| unit.planned) {
            for item in &unit.items {
                let mut one = observation(input, words, names, &mut times, (provision, unit, item));
                // An item may stand twice in a unit; an id stands once.
                if let Some(id) = one.value["uuid"].as_str().map(str::to_owned) {
                    let time = ids.entry(id.clone()).or_default();
                    *time += 1;
                    if *time > 1 {
                        one.value["uuid"] = names.uuid("observation", &[&id, &time.to_string()]).into();
                    }
                }
                seen.push(one);
            }
        }
    }
    seen
}

fn observation(
    input: &ReportInput<'_>,
    words: &Words,
    names: &Names,
    times: &mut Times,
    (provision, unit, item): (&ProvisionResult, &UnitResult, &ItemRecord),
) -> Seen {
    let said = words.reason(&item.reason);
    let mut parts = vec![said.text];
    parts.extend(said.expected.map(|text| format!("{}: {text}", words.ui("expected"))));
    parts.extend(said.actual.map(|text| format!("{}: {text}", words.ui("actual"))));
    let state = item.state.map_or("", DutState::as_str);
    let sample = item.sample.as_deref().unwrap_or_default();
    let mut methods = super::methods(unit.kind);
    if item.open.is_some() || item.decision.is_some() {
        methods.push("INTERVIEW");
    }
    let collected = item
        .evidence
        .iter()
        .filter_map(|evidence| times.of(input, &evidence.reference))
        .chain(item.decision.as_ref().and_then(|decision| time(&decision.date)))
        .max()
        .unwrap_or_else(|| names.finished().to_owned());
    let mut value = json!({
        "uuid": names.uuid("observation", &[&unit.id, &item.item, state, sample]),
        "title": markup(&format!("{} {}", unit.id, item.item)),
        "description": markup(&parts.join(" — ")),
        "props": props(unit, item),
        "methods": methods,
        "types": ["control-objective"],
        "subjects": [{ "subject-uuid": names.uuid("device", &[]), "type": "component" }],
        "collected": collected,
    });
    // What a person decided alone does not come from the tool.
    if matches!(item.by, By::Machine | By::Assisted) {
        value["origins"] = json!([{ "actors": [{ "type": "tool", "actor-uuid": names.uuid("tool", &[]) }] }]);
    } else {
        value["origins"] = json!([{ "actors": [{ "type": "party", "actor-uuid": names.uuid("lab", &[]) }] }]);
    }
    let evidence: Vec<Value> =
        item.evidence.iter().map(|one| relevant(input, &one.reference, &one.at)).collect();
    if !evidence.is_empty() {
        value["relevant-evidence"] = evidence.into();
    }
    Seen { provision: provision.id.clone(), value }
}

fn props(unit: &UnitResult, item: &ItemRecord) -> Vec<Value> {
    let word = |value: Value| value.as_str().map(str::to_owned);
    let mut props = vec![
        property("unit", &unit.id),
        property("item", &item.item),
        property("verdict", item.verdict.as_str()),
        property("reason-code", &item.reason.code),
        property("vacuous", super::yes(item.vacuous)),
    ];
    let further = [
        ("by", word(json!(item.by))),
        ("rests-on", word(json!(item.rests_on))),
        ("blame", word(json!(item.blame))),
        ("state", item.state.map(|state| state.as_str().to_owned())),
        ("sample", item.sample.clone()),
        ("overridden", item.overridden.map(|verdict| verdict.as_str().to_owned())),
        ("person", item.decision.as_ref().map(|decision| decision.person.clone())),
    ];
    props.extend(
        further.iter().filter_map(|(name, value)| value.as_deref().map(|value| property(name, value))),
    );
    props.retain(|prop| !prop.is_null());
    props
}

fn relevant(input: &ReportInput<'_>, reference: &str, at: &str) -> Value {
    let described = if at.is_empty() { reference.to_owned() } else { format!("{reference}, {at}") };
    let mut evidence = json!({ "description": markup(&described) });
    if let Some((name, _)) = input.evidence.read(reference) {
        evidence["href"] = names::href(&format!("../{name}")).into();
    } else if let Some(path) = reference.strip_prefix("declaration:") {
        let file = path.split('#').next().unwrap_or(path);
        evidence["href"] = names::href(&format!("../declaration/{file}")).into();
    }
    evidence
}

/// When evidence was taken, as far as it says so itself; each file is read once.
#[derive(Default)]
struct Times(BTreeMap<String, Option<String>>);

impl Times {
    fn of(&mut self, input: &ReportInput<'_>, reference: &str) -> Option<String> {
        if !reference.starts_with("sha256:") {
            return None;
        }
        let read = || {
            let (_, bytes) = input.evidence.read(reference)?;
            let observation: probes::Observation = serde_json::from_slice(&bytes).ok()?;
            time(&observation.context.at.to_string())
        };
        self.0.entry(reference.to_owned()).or_insert_with(read).clone()
    }
}
