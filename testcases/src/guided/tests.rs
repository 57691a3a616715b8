use std::collections::BTreeMap;

use super::*;
use crate::catalogue::{Catalogue, Kind};
use crate::judge::judge_of;
use crate::texts::{Language, Texts};
use ixit::Edition;

fn procedure() -> Procedure {
    toml::from_str(
        r#"
        unit = "5.6-4-2:a"
        note = [
          { key = "console", kind = "choice", options = ["none", "shell"], required = true },
          { key = "voltage", kind = "number", unit = "mV", least = 0, most = 60000 },
          { key = "photo", kind = "photo", required = true },
          { key = "contacts", kind = "entries", least = 1, required = true, columns = [
            { key = "pin", kind = "text", required = true },
            { key = "mv", kind = "number", unit = "mV", least = 0, most = 60000, required = true },
            { key = "row", kind = "row" },
          ] },
        ]
        "#,
    )
    .unwrap()
}

fn notes(text: &str) -> BTreeMap<String, Note> {
    toml::from_str(text).unwrap()
}

const WHOLE: &str = r#"
    console = "none"
    voltage = 3300
    photo = { file = "photos/contacts.jpg" }
    contacts = [{ pin = "TP1", mv = 0 }, { pin = "TP2", mv = 3300, row = "Intf-Uart" }]
"#;

fn codes(text: &str, whole: bool) -> Vec<&'static str> {
    procedure().faults(&notes(text), whole).iter().map(NoteFault::code).collect()
}

#[test]
fn whole_notes_have_no_fault_and_each_fault_has_its_name() {
    assert_eq!(codes(WHOLE, true), [""; 0]);
    assert_eq!(codes("", false), [""; 0], "a no needs no notes");
    assert_eq!(codes("", true), ["note-missing", "photo-missing", "note-missing"]);
    let with = |from: &str, to: &str| codes(&WHOLE.replace(from, to), true);
    assert_eq!(with("voltage = 3300", "voltage = -1"), ["note-out-of-range"]);
    assert_eq!(with("voltage = 3300", "voltage = \"3.3 V\""), ["note-kind"]);
    assert_eq!(with("\"none\"", "\"quiet\""), ["note-not-a-choice"]);
    assert_eq!(with("{ file = \"photos/contacts.jpg\" }", "{ not_taken = \"no\" }"), ["photo-missing"]);
    assert_eq!(
        with("{ file = \"photos/contacts.jpg\" }", "{ not_taken = \"No camera in the hall\" }"),
        [""; 0]
    );
    assert_eq!(with("mv = 0", "mv = 70000"), ["note-out-of-range"]);
    assert_eq!(with("pin = \"TP1\", ", ""), ["note-missing"]);
    assert_eq!(with("pin = \"TP1\"", "pin = \"TP1\", volt = 3"), ["note-unknown"]);
    assert_eq!(codes(&WHOLE.replace("voltage", "volts"), false), ["note-unknown"]);
    assert_eq!(codes("contacts = []", true).len(), 3);
}

#[test]
fn a_typed_line_gives_the_note_that_the_file_would_hold() {
    let procedure = procedure();
    let read = |key: &str, line: &str| {
        read_line(procedure.note.iter().find(|field| field.key == key).unwrap(), line)
    };
    assert_eq!(read("voltage", " 3300 "), Ok(Note::Number(3300)));
    assert_eq!(read("voltage", "many").unwrap_err().code(), "note-kind");
    assert_eq!(read("console", "shell"), Ok(Note::Text("shell".into())));
    assert_eq!(
        read("photo", "- the casing may not be opened").unwrap(),
        Note::NotTaken { not_taken: "the casing may not be opened".into() }
    );
    let entries = read("contacts", "TP2; 3300; Intf-Uart").unwrap();
    assert_eq!(entries.entries()[0].text("row"), "Intf-Uart");
    assert_eq!(entries.entries()[0].number("mv"), Some(3300));
    assert_eq!(read("contacts", "TP2; ; Intf-Uart").unwrap_err().code(), "note-missing");
    assert_eq!(read("contacts", "a; 1; b; c").unwrap_err().code(), "note-kind");
}

#[test]
fn files_in_notes_are_found_also_in_lists() {
    let mut notes = notes("sides = [{ photo = { file = \"a.jpg\" } }]\nover = { file = \"b.jpg\" }");
    let files: Vec<String> = notes.values_mut().flat_map(Note::files_mut).map(|file| file.clone()).collect();
    assert_eq!(files, ["b.jpg", "a.jpg"]);
}

#[test]
fn every_functional_unit_has_a_judge_or_a_guided_procedure_with_a_criterion() {
    for edition in Edition::ALL {
        let catalogue = Catalogue::of(*edition);
        for unit in catalogue.units.iter().filter(|unit| unit.kind == Kind::Functional) {
            let guided = catalogue.procedure(&unit.id).is_some();
            assert!(guided || judge_of(&unit.id).is_some(), "{} is decided by nobody", unit.id);
            for language in Language::ALL {
                let texts = Texts::of(*language);
                let words = &texts.units[&unit.id];
                let case = &texts.cases[&unit.case];
                assert!(!words.question.is_empty() && !case.condition.is_empty(), "{}", unit.id);
            }
        }
    }
}

#[test]
fn every_procedure_has_its_words_in_every_language_and_no_more() {
    for edition in Edition::ALL {
        let catalogue = Catalogue::of(*edition);
        for language in Language::ALL {
            let texts = Texts::of(*language);
            for (unit, words) in &texts.procedures {
                let procedure = catalogue.procedure(unit).unwrap_or_else(|| panic!("{unit}: words alone"));
                let mut wanted: Vec<String> = Vec::new();
                for field in &procedure.note {
                    wanted.push(field.key.clone());
                    wanted.extend(field.columns.iter().map(|column| format!("{}.{}", field.key, column.key)));
                    let shape = (field.kind, field.columns.is_empty(), field.options.is_empty());
                    assert!(
                        matches!(
                            shape,
                            (NoteKind::Entries, false, true)
                                | (NoteKind::Choice, true, false)
                                | (
                                    NoteKind::YesNo
                                        | NoteKind::Number
                                        | NoteKind::Text
                                        | NoteKind::Photo
                                        | NoteKind::Row,
                                    true,
                                    true
                                )
                        ),
                        "{unit}: {}",
                        field.key
                    );
                }
                wanted.sort();
                let told: Vec<String> = words.note.keys().cloned().collect();
                assert_eq!(told, wanted, "{unit} in {}", language.code());
                assert!(!words.prepare.is_empty() && words.steps.len() >= 2, "{unit}");
                for name in &procedure.equipment {
                    assert!(texts.equipment.contains_key(name), "{name} in {}", language.code());
                }
            }
            for procedure in &catalogue.procedures {
                assert!(texts.procedures.contains_key(&procedure.unit), "{}", procedure.unit);
            }
        }
    }
}
