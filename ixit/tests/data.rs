//! The tables as data, and what is made from them: schemas and templates.

use std::collections::HashSet;

use ixit::companion::Companions;
use ixit::declaration::SourceFile;
use ixit::provision::{provision_of, provisions};
use ixit::table::{Layout, tables};
use ixit::template::{self, Language};
use ixit::{Bench, Declaration, Edition, Severity, schema};

const EDITION: Edition = Edition::En303645V2_1_1;

#[test]
fn the_tables_are_those_of_the_standard() {
    let tables = tables(EDITION);
    assert_eq!(tables.len(), 29);
    assert_eq!(tables.iter().map(|table| table.fields.len()).sum::<usize>(), 127);
    let forms: Vec<_> = tables.iter().filter(|t| t.layout == Layout::Form).map(|t| t.key.as_str()).collect();
    assert_eq!(forms, ["user_info", "conf", "repl_sup"]);
    for (place, table) in tables.iter().enumerate() {
        assert_eq!(usize::from(table.number), place + 1, "{}", table.id);
        assert!(table.id.starts_with(&format!("{}-", table.number)), "{}", table.id);
        assert_eq!(table.fields[0].kind == "id", table.layout == Layout::Rows, "{}", table.id);
    }
    let keys: HashSet<_> = tables.iter().map(|table| table.key.as_str()).collect();
    assert_eq!(keys.len(), 29);
}

#[test]
fn the_keys_of_a_row_are_unique_and_known() {
    for table in tables(EDITION) {
        let mut seen = HashSet::new();
        let keys = table.fields.iter().map(|field| &field.key).chain(&table.companions);
        for key in keys {
            assert!(seen.insert(key.as_str()), "{key} stands twice in {}", table.id);
            assert!(!matches!(key.as_str(), "origin"), "{key} in {}", table.id);
        }
        for key in &table.companions {
            assert!(Companions::KEYS.contains(&key.as_str()), "{key} in {}", table.id);
        }
        for field in &table.fields {
            for target in &field.refs {
                assert!(ixit::table::table(EDITION, target).is_some(), "{target} in {}", table.id);
            }
            for unit in &field.used_by {
                assert!(provision_of(EDITION, unit).is_some(), "{unit} in {}", table.id);
            }
            if field.kind != "id" {
                assert!(!field.used_by.is_empty(), "{} of {} is read by no unit", field.key, table.id);
            }
        }
    }
    for key in Companions::KEYS {
        assert!(
            tables(EDITION).iter().any(|table| table.companions.iter().any(|c| c == key)),
            "{key} belongs to no table"
        );
    }
}

#[test]
fn there_are_68_provisions_of_which_33_are_mandatory() {
    let provisions = provisions(EDITION);
    assert_eq!(provisions.len(), 68);
    assert_eq!(provisions.iter().filter(|p| p.is_mandatory()).count(), 33);
    assert_eq!(provisions.iter().filter(|p| p.is_mandatory() && p.is_conditional()).count(), 13);
    assert_eq!(provision_of(EDITION, "5.1-1-2:a").map(|p| p.id.as_str()), Some("5.1-1"));
    assert_eq!(provision_of(EDITION, "4-1-1:a").map(|p| p.id.as_str()), Some("4-1"));
    assert_eq!(provision_of(EDITION, "5.99-1-1:a"), None);
}

fn files(ics: &str, ixit: &str) -> Vec<SourceFile> {
    vec![
        SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ]
}

/// Takes the # from every line that is to be filled in.
fn filled(template: &str) -> String {
    template
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn a_template_reads_with_findings_and_without_errors() {
    for language in [Language::En, Language::Ja] {
        let reading = Declaration::from_sources(
            files(&template::ics(EDITION, language), &template::ixit(EDITION, language)),
            Vec::new(),
        );
        let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let count = |code: &str| reading.diagnostics.iter().filter(|d| d.code == code).count();
        assert_eq!(count("support-not-stated"), 68);
        assert_eq!(count("table-not-stated"), 29);
        let (bench, diagnostics) =
            Bench::from_bytes("bench.toml", template::bench(EDITION, language).as_bytes());
        assert!(bench.is_some(), "{diagnostics:#?}");
    }
}

#[test]
fn every_line_of_a_template_can_be_taken_into_use() {
    for language in [Language::En, Language::Ja] {
        let ics = filled(&template::ics(EDITION, language));
        let ixit = filled(&template::ixit(EDITION, language));
        let reading = Declaration::from_sources(files(&ics, &ixit), Vec::new());
        let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let declaration = reading.declaration.expect("it is understood");
        assert_eq!(declaration.ics.provisions.len(), 68);
        assert_eq!(declaration.ixit.tables.len(), 29);
        for table in tables(EDITION) {
            for row in declaration.ixit.rows(&table.key) {
                assert_eq!(row.fields.len(), table.fields.len() - 1, "{}", table.id);
                assert_eq!(row.companions.content().len(), table.companions.len(), "{}", table.id);
            }
        }
        let (bench, diagnostics) =
            Bench::from_bytes("bench.toml", filled(&template::bench(EDITION, language)).as_bytes());
        let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}"));
        assert_eq!(bench.samples.len(), 1);
        assert_eq!(bench.actions.len(), ixit::bench::ACTIONS.len());
    }
}

#[test]
fn a_template_explains_every_key() {
    let text = template::ixit(EDITION, Language::En);
    for table in tables(EDITION) {
        for field in &table.fields {
            assert!(text.contains(&field.meaning), "{} of {}", field.key, table.id);
        }
    }
}

#[test]
fn the_schemas_know_every_key_and_close_every_table() {
    let ixit = schema::ixit(EDITION);
    assert_eq!(ixit["additionalProperties"], false);
    for table in tables(EDITION) {
        let item = match table.layout {
            Layout::Rows => &ixit["properties"][&table.key]["items"],
            Layout::Form => &ixit["properties"][&table.key],
        };
        assert_eq!(item["additionalProperties"], false, "{}", table.id);
        for key in table.fields.iter().map(|field| &field.key).chain(&table.companions) {
            assert!(item["properties"][key].is_object(), "{key} of {}", table.id);
        }
    }
    let login = &ixit["properties"]["auth_mech"]["items"]["properties"]["login"];
    let kinds: Vec<&str> = ixit::companion::LoginKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(login["properties"]["kind"]["enum"], serde_json::json!(kinds));
    assert_eq!(login["properties"]["port"]["minimum"], 1);
    assert_eq!(login["required"], serde_json::json!(["kind", "port"]));
    let ics = schema::ics(EDITION);
    assert_eq!(
        ics["properties"]["provision"]["properties"].as_object().map(|entries| entries.len()),
        Some(68)
    );
    assert_eq!(ics["$defs"]["entry"]["required"], serde_json::json!(["support"]));
    assert_eq!(
        ics["properties"]["external_evidence"]["items"]["required"],
        serde_json::json!(["id", "document"])
    );
    let bench = schema::bench(EDITION);
    assert_eq!(
        bench["properties"]["limits"]["properties"]["profile"]["enum"],
        serde_json::json!(["normal", "matrix"])
    );
}
