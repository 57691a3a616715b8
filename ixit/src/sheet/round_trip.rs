//! Any declaration comes back from its workbook as it was: made up from the shapes of all tables and companions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map, Value as Json, json};

use super::toml_text;
use crate::companion;
use crate::declaration::{Declaration, Dut, ExternalEvidence, SourceFile, Supplier};
use crate::described::{Described, Member, Shape};
use crate::edition::Edition;
use crate::provision::provisions;
use crate::table::{Field, Layout, Table, tables};
use crate::template::Language;

/// Texts as people, programs and attackers write them.
fn texts() -> BoxedStrategy<String> {
    let awkward: &[&'static str] = &[
        "",
        " ",
        "[]",
        "{ a = 1 }",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "yes",
        "いいえ",
        "N/A",
        "2026/3/1",
        "_x0041_",
        "\"q\"",
        "a\nb",
        "\r\n",
        "\ttab",
        "\u{1}",
        "\u{feff}x",
        "、",
        "・A-1",
        "a, b; c",
        "# x",
        "1.10",
        "true",
        "AuthMech－1",
        "auth mech 1",
        "'",
        "\\",
        "\u{3000}",
        "{",
        "[\"a\"]",
        "k = 1",
        "\u{ffff}",
        "“x”",
        "表１",
    ];
    Union::new_weighted(vec![
        (3, proptest::sample::select(awkward).prop_map(str::to_owned).boxed()),
        (3, "[ -~]{0,20}".boxed()),
        (2, "\\PC{0,12}".boxed()),
        (1, "[A-Za-z ,.\\n]{0,80}".boxed()),
    ])
    .boxed()
}

fn shaped(key: &str, shape: &Shape) -> BoxedStrategy<Json> {
    match shape {
        Shape::Text => match key {
            "date" | "issued" | "valid_until" | "until" | "from" => {
                proptest::sample::select(vec!["2026-03-31", "2031-12-31", "..."]).prop_map(Json::from).boxed()
            }
            "sha256" | "firmware_sha256" => "[0-9a-f]{64}".prop_map(Json::from).boxed(),
            "path" => "/[a-z]{0,8}".prop_map(Json::from).boxed(),
            // Paths stay below documents/.
            "document" | "mud" | "place" | "report" => {
                "[a-zé]{1,8}(/[a-z _]{1,8})?\\.pdf".prop_map(Json::from).boxed()
            }
            _ => texts().prop_map(Json::from).boxed(),
        },
        Shape::Names(names) => proptest::sample::select(names.clone()).prop_map(Json::from).boxed(),
        Shape::Flag => any::<bool>().prop_map(Json::from).boxed(),
        Shape::Number { least, most } => {
            let most = (*most).min(i64::MAX as u64);
            prop_oneof![Just(*least), Just(most), *least..=most].prop_map(Json::from).boxed()
        }
        Shape::Address => {
            proptest::sample::select(vec!["192.0.2.10", "fd00::10"]).prop_map(Json::from).boxed()
        }
        Shape::List(inner) => {
            proptest::collection::vec(shaped(key, inner), 1..4).prop_map(Json::from).boxed()
        }
        Shape::Map(inner) => {
            let keys = match key {
                "resources" => vec!["documentation_of_sensors", "support_period"],
                "status_in" => vec!["initialized", "after_reset"],
                key if key.starts_with("settings ") => settings_of(key),
                _ => vec!["a", "b c", "_x0041_", "\"", "é", "key.dotted"],
            };
            proptest::collection::btree_map(proptest::sample::select(keys), shaped(key, inner), 1..3)
                .prop_map(|entries| {
                    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
                })
                .boxed()
        }
        Shape::Record(members) => record(members),
    }
}

/// The settings of a table, whose key stands behind the one of the companion.
fn settings_of(key: &str) -> Vec<&'static str> {
    let table = key.split(' ').nth(1).expect("the key of a table");
    companion::SETTINGS.iter().find(|(known, _)| *known == table).expect("a table with settings").1.to_vec()
}

/// Required keys always, and the path that a login over the web needs; the others as it comes.
fn record(members: &[Member]) -> BoxedStrategy<Json> {
    let parts: Vec<BoxedStrategy<Option<(String, Json)>>> = members
        .iter()
        .map(|member| {
            let key = member.key;
            let value = shaped(key, &member.shape).prop_map(move |value| Some((key.to_owned(), value)));
            if member.required || key == "path" {
                value.boxed()
            } else {
                prop_oneof![Just(None), value].boxed()
            }
        })
        .collect();
    parts.prop_map(|entries| Json::Object(entries.into_iter().flatten().collect())).boxed()
}

fn field(field: &'static Field) -> BoxedStrategy<Json> {
    let names = || proptest::sample::select(field.values.clone());
    match field.kind.as_str() {
        "bool" => any::<bool>().prop_map(Json::from).boxed(),
        "enum" | "bool-pair" => names().prop_map(Json::from).boxed(),
        "enum-set" => proptest::collection::vec(names(), 0..3).prop_map(Json::from).boxed(),
        "list" => proptest::collection::vec(texts(), 0..4).prop_map(Json::from).boxed(),
        "ref-list" => {
            let id = prop_oneof![texts(), "[A-Za-z]{4,8}-[0-9]".boxed(), Just("auth_mech-1".to_owned())];
            proptest::collection::vec(id, 0..4).prop_map(Json::from).boxed()
        }
        "resource" => prop_oneof![
            texts().prop_map(Json::from),
            proptest::collection::vec(texts(), 0..3).prop_map(Json::from)
        ]
        .boxed(),
        _ => texts().prop_map(Json::from).boxed(),
    }
}

/// Keys and values of one row or form: a few of its fields and companions.
fn keyed(table: &'static Table) -> BoxedStrategy<Map<String, Json>> {
    let fields =
        table.fields.iter().filter(|field| field.kind != "id").map(|one| (one.key.clone(), field(one)));
    let companions =
        table.companions.iter().filter_map(|key| companion::description(key)).map(|description| {
            let key = description.key.to_owned();
            let shape = &description.shape;
            let value = if key == "settings" {
                shaped(&format!("settings {}", table.key), shape)
            } else {
                shaped(&key, shape)
            };
            (key, value)
        });
    let parts: Vec<BoxedStrategy<Option<(String, Json)>>> = fields
        .chain(companions)
        .map(|(key, value)| {
            prop_oneof![Just(None), value.prop_map(move |value| Some((key.clone(), value)))].boxed()
        })
        .collect();
    parts.prop_map(|entries| entries.into_iter().flatten().collect()).boxed()
}

/// One table: rows, a form, a reason why there is nothing, or not a word.
fn table(table: &'static Table) -> BoxedStrategy<(Option<Json>, Option<Json>)> {
    let filled = match table.layout {
        Layout::Form => keyed(table).prop_map(Json::Object).boxed(),
        Layout::Rows => {
            let origin = proptest::sample::select(vec![None, Some("observed"), Some("supplier")]);
            proptest::collection::vec((keyed(table), "[A-Za-z１ -]{0,6}", origin), 0..3)
                .prop_map(|rows| {
                    let rows = rows.into_iter().enumerate().map(|(number, (mut row, suffix, origin))| {
                        row.insert("id".into(), format!("{}-{number}{suffix}", table.key).into());
                        origin.map(|origin| row.insert("origin".into(), origin.into()));
                        Json::Object(row)
                    });
                    Json::Array(rows.collect())
                })
                .boxed()
        }
    };
    let reason = texts().prop_map(Json::from);
    prop_oneof![
        1 => Just((None, None)),
        4 => filled.clone().prop_map(|filled| (Some(filled), None)),
        1 => reason.clone().prop_map(|reason| (None, Some(reason))),
        1 => (filled, reason).prop_map(|(filled, reason)| (Some(filled), Some(reason))),
    ]
    .boxed()
}

fn document(entries: impl IntoIterator<Item = (String, Json)>) -> Vec<u8> {
    let lines: Vec<String> = entries
        .into_iter()
        .map(|(key, value)| format!("{} = {}\n", toml_text::key(&key), toml_text::inline(&value)))
        .collect();
    lines.concat().into_bytes()
}

fn ics() -> BoxedStrategy<Vec<u8>> {
    let edition = Edition::ALL[0];
    let ids: Vec<String> = provisions(edition).iter().map(|provision| provision.id.clone()).collect();
    let entry = (proptest::sample::select(vec!["Y", "N", "N/A"]), proptest::option::of(texts()));
    let claims = proptest::collection::btree_map(proptest::sample::select(ids.clone()), entry, 0..6);
    let evidence = shaped("", &ExternalEvidence::shape()).prop_map(move |mut one| {
        if let Some(covers) = one.get_mut("covers") {
            *covers = json!([ids[0], ids[1]]);
        }
        one
    });
    let dut = shaped("", &Dut::shape()).prop_map(|mut dut| {
        if let Some(identity) = dut.get_mut("identity") {
            identity["application"] = "https".into();
        }
        dut
    });
    (dut, shaped("", &Supplier::shape()), claims, proptest::collection::vec(evidence, 0..3))
        .prop_map(move |(dut, supplier, claims, mut evidence)| {
            let claims: BTreeMap<String, Json> = claims
                .into_iter()
                .map(|(id, (support, detail))| {
                    let detail = detail.map_or_else(|| json!({}), |detail| json!({ "detail": detail }));
                    let mut entry = json!({ "support": support });
                    entry
                        .as_object_mut()
                        .expect("an object")
                        .extend(detail.as_object().expect("one").clone());
                    (id, entry)
                })
                .collect();
            for (number, one) in evidence.iter_mut().enumerate() {
                one["id"] = format!("E-{number}").into();
            }
            document([
                ("edition".to_owned(), edition.short().into()),
                ("dut".to_owned(), dut),
                ("supplier".to_owned(), supplier),
                ("provision".to_owned(), serde_json::to_value(claims).expect("texts")),
                ("external_evidence".to_owned(), Json::Array(evidence)),
            ])
        })
        .boxed()
}

fn ixit() -> BoxedStrategy<Vec<u8>> {
    let all: Vec<BoxedStrategy<(Option<Json>, Option<Json>)>> =
        tables(Edition::ALL[0]).iter().map(table).collect();
    all.prop_map(|contents| {
        let keys = || tables(Edition::ALL[0]).iter().map(|table| table.key.clone());
        let reasons: Map<String, Json> =
            keys().zip(&contents).filter_map(|(key, (_, reason))| Some((key, reason.clone()?))).collect();
        let filled = keys().zip(contents).filter_map(|(key, (filled, _))| Some((key, filled?)));
        document(filled.chain([("empty".to_owned(), Json::Object(reasons))]))
    })
    .boxed()
}

fn read(ics: Vec<u8>, ixit: Vec<u8>) -> Result<Declaration, String> {
    let files = vec![SourceFile::new("ics.toml", ics), SourceFile::new("ixit.toml", ixit)];
    let reading = Declaration::from_sources(files, Vec::new());
    let faults: Vec<String> = reading
        .diagnostics
        .iter()
        .filter(|fault| fault.severity == crate::diagnostic::Severity::Error)
        .map(|fault| format!("{}:{}: {} {}", fault.at.file, fault.at.line, fault.code, fault.message))
        .collect();
    reading.declaration.ok_or_else(|| faults.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_declaration_survives_the_round_trip(ics in ics(), ixit in ixit(), japanese in any::<bool>()) {
        let declaration = match read(ics, ixit) {
            Ok(declaration) => declaration,
            Err(faults) => return Err(TestCaseError::fail(format!("what was made up is no declaration:\n{faults}"))),
        };
        let language = if japanese { Language::Ja } else { Language::En };
        let bytes = super::export(&declaration, language).expect("it fits");
        let back = match super::import(&bytes) {
            Ok(back) => back,
            Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
        };
        prop_assert_eq!(&back.asides, &[], "what was exported needs no word");
        let again = read(back.ics.into_bytes(), back.ixit.into_bytes()).map_err(TestCaseError::fail)?;
        prop_assert_eq!(again.content(), declaration.content());
    }
}
