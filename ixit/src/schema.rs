//! JSON Schema 2020-12 of the declaration files, made from the same tables and descriptions that the
//! reader uses. TOML editors and JSON tools take it; the reader itself checks more (ids, references).

use serde_json::{Map, Value as Json, json};

use crate::bench::ACTIONS;
use crate::bench_reading::BenchFile;
use crate::companion;
use crate::declaration::{Dut, ExternalEvidence, IcsEntry, Supplier};
use crate::described::{Described, described};
use crate::edition::Edition;
use crate::provision::provisions;
use crate::read::ORIGINS;
use crate::table::{Field, Layout, Table, tables};

/// Schema of `ics.toml`.
pub fn ics(edition: Edition) -> Json {
    let entries: Map<String, Json> = provisions(edition)
        .iter()
        .map(|provision| {
            let text = format!("{} ({})", provision.title, provision.status);
            (provision.id.clone(), described(json!({ "$ref": "#/$defs/entry" }), &text))
        })
        .collect();
    let properties = json!({
        "edition": { "enum": [edition.short(), edition.name()] },
        "dut": Dut::shape().schema(),
        "supplier": Supplier::shape().schema(),
        "provision": { "type": "object", "properties": entries, "additionalProperties": false },
        "external_evidence": { "type": "array", "items": ExternalEvidence::shape().schema() },
    });
    let mut schema = file(edition, "ICS", properties, &["edition"]);
    schema["$defs"] = json!({ "entry": IcsEntry::shape().schema() });
    schema
}

/// Schema of `ixit.toml`.
pub fn ixit(edition: Edition) -> Json {
    let mut properties = Map::new();
    let mut reasons = Map::new();
    for table in tables(edition) {
        let item = keyed(table);
        let schema = match table.layout {
            Layout::Rows => json!({ "type": "array", "items": item }),
            Layout::Form => item,
        };
        properties.insert(table.key.clone(), described(schema, &format!("{}: {}", table.id, table.title)));
        reasons.insert(table.key.clone(), json!({ "type": "string" }));
    }
    let empty = json!({ "type": "object", "properties": reasons, "additionalProperties": false });
    properties.insert("empty".into(), described(empty, "Tables without entries, each with the reason."));
    file(edition, "IXIT", Json::Object(properties), &[])
}

/// Schema of `bench.toml`; the same for every edition.
pub fn bench(edition: Edition) -> Json {
    let mut schema = file(edition, "bench", json!({}), &[]);
    let shape = BenchFile::shape().schema();
    schema["properties"] = shape["properties"].clone();
    let actions: Map<String, Json> = ACTIONS
        .iter()
        .map(|name| {
            ((*name).to_owned(), json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }))
        })
        .collect();
    schema["properties"]["actions"] =
        json!({ "type": "object", "properties": actions, "additionalProperties": false });
    schema
}

fn file(edition: Edition, name: &str, properties: Json, required: &[&str]) -> Json {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Hantei {name}, {}", edition.name()),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn keyed(table: &Table) -> Json {
    let mut properties = Map::new();
    for field in &table.fields {
        properties.insert(field.key.clone(), described(field_schema(field), &meaning(field)));
    }
    for key in &table.companions {
        if let Some(companion) = companion::description(key) {
            properties.insert(key.clone(), described(companion.shape.schema(), companion.doc));
        }
    }
    let mut required = Vec::new();
    if table.layout == Layout::Rows {
        properties.insert("origin".into(), json!({ "enum": ORIGINS }));
        // A row can be named without its fields; a missing field is a finding, a missing id an error.
        required.push("id");
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn meaning(field: &Field) -> String {
    match (&field.filled_if, field.required) {
        (Some(when), _) => format!("{}: {} To be filled: {when}.", field.name, field.meaning),
        (None, true) => format!("{}: {} Always to be filled.", field.name, field.meaning),
        (None, false) => format!("{}: {}", field.name, field.meaning),
    }
}

fn field_schema(field: &Field) -> Json {
    let texts = |item: Json| json!({ "anyOf": [{ "type": "array", "items": item }, item] });
    match field.kind.as_str() {
        "bool" => json!({ "anyOf": [{ "type": "boolean" }, { "enum": ["yes", "no"] }] }),
        "bool-pair" => json!({ "anyOf": [{ "const": false }, { "enum": field.values }] }),
        "enum" => json!({ "enum": field.values }),
        "enum-set" => texts(json!({ "enum": field.values })),
        "list" if !field.values.is_empty() => texts(json!({ "type": "string", "examples": field.values })),
        "list" | "ref-list" | "resource" => texts(json!({ "type": "string" })),
        _ => json!({ "type": "string" }),
    }
}
