//! Where a result stands: in the declaration where the reason names a line of it, else in the evidence.

use serde_json::{Value, json};
use testcases::assessment::{ItemRecord, ProvisionResult, UnitResult};

use crate::{ReportInput, inert};

/// Place of an item.
pub(super) fn item(
    input: &ReportInput<'_>,
    provision: &ProvisionResult,
    unit: &UnitResult,
    item: &ItemRecord,
) -> Value {
    let source = item.reason.expected.as_ref().and_then(|expected| expected.source.as_deref());
    let declared = source
        .into_iter()
        .chain(item.evidence.iter().map(|evidence| evidence.reference.as_str()))
        .filter(|reference| reference.starts_with("declaration:"))
        .find_map(|reference| input.evidence.declared_at(reference));
    let stored = || item.evidence.iter().find_map(|one| physical(input, &one.reference));
    let state = item.state.map(testcases::DutState::as_str);
    let name: Vec<&str> = [Some(unit.id.as_str()), Some(item.item.as_str()), state, item.sample.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    match declared {
        Some((file, line)) => declaration(&file, Some(line), &name.join("/")),
        None => match stored() {
            Some(physical) => located(physical, &name.join("/")),
            None => claim(input, provision),
        },
    }
}

/// The line of the ICS in which a provision is claimed; the file where that is not known.
pub(super) fn claim(input: &ReportInput<'_>, provision: &ProvisionResult) -> Value {
    let reference = format!("declaration:ics.toml#provision.{}", provision.id);
    match input.evidence.declared_at(&reference) {
        Some((file, line)) => declaration(&file, Some(line), &provision.id),
        None => declaration("ics.toml", None, &provision.id),
    }
}

/// A place in a file of the declaration.
pub(super) fn declaration(file: &str, line: Option<u32>, name: &str) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file), "uriBaseId": "DECLARATION" } });
    if let Some(line) = line.filter(|line| *line > 0) {
        physical["region"] = json!({ "startLine": line });
    }
    located(physical, name)
}

/// Stored evidence of an item, with the place in it.
pub(super) fn evidence(input: &ReportInput<'_>, item: &ItemRecord) -> Vec<Value> {
    let mut places: Vec<Value> = Vec::new();
    for one in &item.evidence {
        let Some(physical) = physical(input, &one.reference) else { continue };
        let mut place = json!({ "id": places.len(), "physicalLocation": physical });
        if !one.at.is_empty() {
            place["message"] = json!({ "text": super::message(&[Some(one.at.clone())]) });
        }
        places.push(place);
    }
    places
}

fn physical(input: &ReportInput<'_>, reference: &str) -> Option<Value> {
    let (name, _) = input.evidence.read(reference)?;
    Some(json!({ "artifactLocation": { "uri": uri(&name), "uriBaseId": "RUN" } }))
}

fn located(physical: Value, name: &str) -> Value {
    json!({ "physicalLocation": physical, "logicalLocations": [{ "fullyQualifiedName": inert::shown(name) }] })
}

/// A relative path as a URI: everything but what may stand in a path is coded.
fn uri(path: &str) -> String {
    let mut coded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            coded.push(char::from(byte));
        } else {
            coded.push_str(&format!("%{byte:02X}"));
        }
    }
    coded
}
