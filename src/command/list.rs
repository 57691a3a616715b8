//! `hantei list`: the catalogue, and how each unit is decided.

use std::fmt::Write as _;

use harness::ExitCode;
use harness::ixit::{Edition, table, translation};
use harness::testcases::judge::{judge_of, probes_of};
use harness::testcases::plus::{PlusCase, cases, data_of};
use harness::testcases::texts::{Language, Texts};
use harness::testcases::{By, Catalogue, Verdict};
use serde_json::{Value, json};

use crate::Done;
use crate::cli::{Lang, List, Listed};
use crate::command::{coverage, list_crypto, schemes};
use crate::folding::fold;
use crate::output::{self, Failure};

/// Prints one of the lists.
pub(crate) fn list(arguments: &List) -> Done {
    let edition: Edition = arguments.edition.parse().map_err(Failure::nothing_started)?;
    let language = match arguments.lang {
        Lang::En => Language::En,
        Lang::Ja => Language::Ja,
    };
    let (key, rows) = match arguments.what {
        Listed::Provisions => ("provisions", provisions(edition, language)),
        Listed::Cases => ("cases", cases(edition, language)),
        Listed::Units => ("units", units(edition, language)),
        Listed::Ixit => ("tables", ixit(edition, language)),
        Listed::Schemes => {
            let mut rows = schemes::rows(edition, language);
            rows.extend(schemes::guide_rows(edition, language));
            ("schemes", rows)
        }
        Listed::Plus => ("plus", plus(language)),
        Listed::Probes => ("probes", probes()),
        Listed::Crypto => ("crypto", list_crypto::rows()),
        Listed::Coverage if arguments.json => ("coverage", coverage::counts(&units(edition, language))),
        Listed::Coverage => {
            output::print_text(&coverage::page(&units(edition, language), language))?;
            return Ok(ExitCode::Pass);
        }
    };
    if arguments.json {
        let mut object = serde_json::Map::new();
        object.insert("format".into(), json!(format!("hantei.{key}/1")));
        object.insert("edition".into(), json!(edition.name()));
        object.insert(key.into(), Value::Array(rows));
        output::print_json(&Value::Object(object))?;
    } else {
        let text = match arguments.what {
            Listed::Crypto => list_crypto::text(&rows),
            Listed::Schemes => schemes::text(&rows, language),
            what => text(what, &rows),
        };
        output::print_text(&text)?;
    }
    Ok(ExitCode::Pass)
}

fn provisions(edition: Edition, language: Language) -> Vec<Value> {
    let words = Texts::of(language);
    Catalogue::of(edition)
        .provisions
        .iter()
        .map(|provision| {
            let text = words.provisions.get(&provision.id);
            json!({
                "id": provision.id,
                "status": provision.status,
                "conditions": provision.conditions,
                "title": text.map(|text| &text.title),
                "text": text.map(|text| &text.text),
                "compared_with_standard": provision.confidence == "high",
            })
        })
        .collect()
}

fn cases(edition: Edition, language: Language) -> Vec<Value> {
    let words = Texts::of(language);
    Catalogue::of(edition)
        .cases
        .iter()
        .map(|case| {
            let text = words.cases.get(&case.id);
            json!({
                "id": case.id,
                "provision": case.group,
                "kind": case.kind,
                "purpose": text.map(|text| &text.purpose),
                "logic": case.logic,
                "quantifier": case.quantifier,
                "conditions": case.conditions.iter().map(|condition| json!({
                    "c": condition.c,
                    "basis": condition.basis,
                    "units": condition.units,
                    "text": text.and_then(|text| text.condition.get(&condition.c)),
                })).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn units(edition: Edition, language: Language) -> Vec<Value> {
    let words = Texts::of(language);
    Catalogue::of(edition)
        .units
        .iter()
        .map(|unit| {
            let judge = judge_of(&unit.id);
            let probes = probes_of(unit);
            let can: Vec<Verdict> = judge.map_or_else(Vec::new, |judge| judge.machine_can.to_vec());
            json!({
                "id": unit.id,
                "kind": unit.kind,
                "by": judge.map_or(By::Assessor, |judge| judge.by),
                "machine_can": can,
                "criterion": words.units.get(&unit.id).map(|text| &text.question),
                "step": words.units.get(&unit.id).map(|text| &text.step),
                "probes": probes,
                "states": coverage::states_of(&probes),
                "needs": unit.reads,
                "minimum_effort": unit.minimum_effort,
                "proved_by": proved_by(&unit.id),
            })
        })
        .collect()
}

/// Faults of the lab that turn the unit to FAIL. None where the sound device passes it on an empty selection only:
/// that proves nothing of what the judge says of a row.
fn proved_by(unit: &str) -> Vec<&'static str> {
    #[cfg(feature = "demo")]
    {
        let empty = lab::EMPTY_ON_THE_REFERENCE_DEVICE.contains(&unit);
        lab::faults()
            .iter()
            .filter(|fault| {
                !empty && fault.changes.iter().any(|change| change.unit == unit && change.verdict == "FAIL")
            })
            .map(|fault| fault.name)
            .collect()
    }
    #[cfg(not(feature = "demo"))]
    {
        let _ = unit;
        Vec::new()
    }
}

fn ixit(edition: Edition, language: Language) -> Vec<Value> {
    let words = (language == Language::Ja).then(|| translation::japanese(edition));
    table::tables(edition)
        .iter()
        .map(|table| {
            let title = words.and_then(|words| words.table.get(&table.key)).map(|words| &words.title);
            json!({
                "id": table.id,
                "key": table.key,
                "title": title.unwrap_or(&table.title),
                "fields": table.fields.iter().map(|field| {
                    let condition = field.filled_if.as_ref().map(|english| {
                        words.and_then(|words| words.condition.get(english)).unwrap_or(english)
                    });
                    let words = words.and_then(|words| words.field(table, field));
                    json!({
                        "name": words.map_or(&field.name, |words| &words.name),
                        "key": field.key,
                        "type": field.kind,
                        "required": field.required,
                        "filled_if": condition,
                        "meaning": words.map_or(&field.meaning, |words| &words.meaning),
                    })
                }).collect::<Vec<_>>(),
                "companions": table.companions,
            })
        })
        .collect()
}

fn plus(language: Language) -> Vec<Value> {
    let row = |case: &&PlusCase| {
        let data = data_of(case.id);
        json!({
            "id": case.id,
            "title": data.map(|data| data.title.of(language)),
            "criterion": data.map(|data| data.criterion.of(language)),
            "probes": case.needs,
            "machine_can": case.machine_can,
            "minimum_effort": data.and_then(|data| data.minimum_effort.as_ref()),
            "proved_by": proved_by(case.id),
        })
    };
    cases::ALL.iter().map(row).collect()
}

fn probes() -> Vec<Value> {
    harness::probes::probes()
        .iter()
        .map(|probe| json!({ "name": probe.name, "version": probe.version, "summary": probe.summary }))
        .collect()
}

fn text(what: Listed, rows: &[Value]) -> String {
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = String::new();
    if rows.is_empty() {
        out.push_str("none in this build\n");
    }
    for row in rows {
        match what {
            Listed::Provisions => {
                writeln!(
                    out,
                    "{:<8} {:<4} {}",
                    string(&row["id"]),
                    string(&row["status"]),
                    string(&row["title"])
                )
            }
            Listed::Cases => {
                writeln!(
                    out,
                    "{:<9} {:<11} {}",
                    string(&row["id"]),
                    string(&row["kind"]),
                    string(&row["purpose"])
                )
            }
            Listed::Units => {
                writeln!(
                    out,
                    "{:<12} {:<11} {:<9} {}",
                    string(&row["id"]),
                    string(&row["kind"]),
                    string(&row["by"]),
                    string(&row["criterion"])
                )
            }
            Listed::Ixit => {
                let fields: Vec<String> = row["fields"]
                    .as_array()
                    .map(|fields| fields.iter().map(|field| string(&field["key"])).collect())
                    .unwrap_or_default();
                writeln!(
                    out,
                    "{:<13} {:<13} {}\n    {}",
                    string(&row["id"]),
                    string(&row["key"]),
                    string(&row["title"]),
                    fields.join(", ")
                )
            }
            Listed::Schemes | Listed::Coverage | Listed::Crypto => Ok(()),
            Listed::Plus => {
                let faults = row["proved_by"].as_array().into_iter().flatten().map(string);
                let faults: Vec<String> = faults.collect();
                let lines = fold(&string(&row["criterion"]), 0, 94).join("\n    ");
                writeln!(
                    out,
                    "{}  {}\n    {lines}\n    proved by: {}",
                    string(&row["id"]),
                    string(&row["title"]),
                    if faults.is_empty() { "-".to_owned() } else { faults.join(", ") }
                )
            }
            Listed::Probes => writeln!(out, "{:<16} {}", string(&row["name"]), string(&row["summary"])),
        }
        .expect("a String takes any text");
    }
    out
}
