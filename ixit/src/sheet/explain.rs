//! What the workbook says to whoever fills it in: the first sheet, and the notes on the headings.

mod words;

use super::alike::{Ids, alike};
use super::cell::CellKind;
use super::layout::{self, Column, Subject};
use super::toml_text;
use crate::companion;
use crate::described::Shape;
use crate::edition::Edition;
use crate::table::{Table, tables};
use crate::template::Language;
use crate::template::words::{self as template, TableWords};
use words::{Words, of};

/// Name of the first sheet.
pub(super) fn read_me_name(language: Language) -> &'static str {
    of(language).read_me
}

/// Whether this is the first sheet of an export, in either language.
pub(super) fn is_read_me(name: &str) -> bool {
    [Language::En, Language::Ja].iter().any(|language| alike(of(*language).read_me) == alike(name))
}

/// Whether the first sheet of an export says this, in either language.
pub(super) fn is_said(text: &str) -> bool {
    let wanted = alike(text);
    [Language::En, Language::Ja].iter().any(|language| {
        Edition::ALL
            .iter()
            .any(|edition| read_me(*edition, *language).iter().flatten().any(|said| alike(said) == wanted))
    })
}

/// Lines of the first sheet; the first one is its title.
pub(super) fn read_me(edition: Edition, language: Language) -> Vec<[String; 2]> {
    let (words, said) = (of(language), TableWords::new(edition, language));
    let mut lines = vec![[words.title.to_owned(), String::new()]];
    lines.extend(words.lines.iter().map(|(label, text)| [(*label).to_owned(), (*text).to_owned()]));
    lines.push([words.sheets.to_owned(), String::new()]);
    for (name, text) in [(layout::DUT, words.dut), (layout::ICS, words.ics)] {
        lines.push([name.to_owned(), text.to_owned()]);
    }
    lines.extend(tables(edition).iter().map(|table| [table.id.clone(), said.table_title(table).to_owned()]));
    for (name, text) in [(layout::EVIDENCE, words.evidence), (layout::EMPTY, words.empty)] {
        lines.push([name.to_owned(), text.to_owned()]);
    }
    lines
}

/// The title of a table.
pub(super) fn table_title(edition: Edition, language: Language, table: &Table) -> String {
    TableWords::new(edition, language).table_title(table).to_owned()
}

/// The title of a provision.
pub(super) fn provision_title(
    edition: Edition,
    language: Language,
    provision: &crate::provision::Provision,
) -> String {
    TableWords::new(edition, language).provision_title(provision).to_owned()
}

/// The heading; in Japanese the word of the language stands below that of the standard.
pub(super) fn heading(column: &Column, language: Language) -> String {
    match column.aliases.iter().find(|alias| !alias.is_ascii()) {
        Some(translated) if language == Language::Ja => format!("{}\n{translated}", column.heading),
        _ => column.heading.clone(),
    }
}

/// The note on a heading: meaning, when it is filled in, values, how it is written, an example.
pub(super) fn note(column: &Column, edition: Edition, language: Language) -> String {
    let (own, shared) = (of(language), template::of(language));
    let said = TableWords::new(edition, language);
    let mut lines: Vec<String> = Vec::new();
    match column.subject {
        Subject::Field(table, field) => {
            lines.push(said.meaning(table, field).to_owned());
            let when = match (&field.filled_if, field.required) {
                (_, true) => shared.always.to_owned(),
                (Some(when), false) => said.condition(when).to_owned(),
                (None, false) => shared.optional.to_owned(),
            };
            lines.push(format!("{}: {when}", own.fill));
        }
        Subject::Companion(_, key) => {
            let doc = companion::description(key).map_or("", |description| description.doc);
            lines.push(said.companion(key, doc).to_owned());
            lines.push(shared.companions.to_owned());
        }
        Subject::Member(key, doc) => {
            let translated =
                [shared.dut, shared.supplier].into_iter().flatten().find(|(name, _)| *name == key);
            lines.push(translated.map_or(doc, |(_, text)| text).to_owned());
        }
        Subject::Sheet => lines.push(for_sheet(&column.key, own).to_owned()),
    }
    if !column.choices.is_empty() {
        let intro = if column.closed { shared.values } else { shared.proposals };
        lines.push(format!("{intro}: {}", column.choices.join(" | ")));
    }
    if !column.refers.is_empty() {
        let names: Vec<&str> = column
            .refers
            .iter()
            .filter_map(|key| crate::table::table(edition, key))
            .map(|table| table.id.as_str())
            .collect();
        lines.push(format!("{}: {}", shared.references, names.join(", ")));
    }
    let form = (own.forms)(column.kind);
    if !form.is_empty() {
        lines.push(form.to_owned());
    }
    if let Subject::Companion(_, key) = column.subject
        && let Some(description) = companion::description(key)
    {
        keys(&description.shape, &said, shared.values, &mut lines);
    }
    if let Some(example) = example(column) {
        lines.push(format!("{}:\n{example}", own.example));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn for_sheet<'w>(key: &str, words: &'w Words) -> &'w str {
    match key {
        "entry" => words.entry,
        "value" => words.value,
        "reference" => words.reference,
        "support" => words.support,
        "detail" => words.detail,
        "status" | "provision" | "title" => words.informative,
        "table" => words.table,
        "reason" => words.reason,
        "origin" => words.origin,
        "edition" => words.edition,
        _ => "",
    }
}

/// The keys of a record with what they mean and take.
fn keys(shape: &Shape, said: &TableWords, values: &str, lines: &mut Vec<String>) {
    match shape {
        Shape::List(inner) | Shape::Map(inner) => keys(inner, said, values, lines),
        Shape::Record(members) => {
            for member in members {
                let doc = said.member(member.doc).trim_end_matches('.');
                let names = names(&member.shape).map(|names| format!("{values}: {}", names.join(" | ")));
                let parts: Vec<String> = [Some(doc.to_owned()), names]
                    .into_iter()
                    .flatten()
                    .filter(|part| !part.is_empty())
                    .collect();
                let text = parts.join("; ");
                let mark = if member.required { "" } else { "?" };
                lines.push(format!(
                    "  {}{mark}{}{text}",
                    member.key,
                    if text.is_empty() { "" } else { ": " }
                ));
            }
        }
        _ => {}
    }
}

fn names(shape: &Shape) -> Option<Vec<&'static str>> {
    match shape {
        Shape::List(inner) | Shape::Map(inner) => names(inner),
        Shape::Names(names) => Some(names.clone()),
        _ => None,
    }
}

/// An example as it would stand in the cell.
fn example(column: &Column) -> Option<String> {
    let ids = Ids::default();
    match column.subject {
        Subject::Companion(table, key) => {
            let node = toml_text::parse(companion::example(&table.key, key)?).ok()?;
            Some(column.encode(&node.to_value()?.value.to_json(), &ids))
        }
        Subject::Field(table, field) => match field.kind.as_str() {
            "id" => Some(format!("{}-1", layout::short(table))),
            "ref-list" => {
                let edition = Edition::ALL
                    .iter()
                    .find(|edition| tables(**edition).iter().any(|one| one.id == table.id))?;
                let target = crate::table::table(*edition, field.refs.first()?)?;
                Some(format!("{0}-1\n{0}-2", layout::short(target)))
            }
            "list" | "enum-set" if field.values.len() > 1 => Some(field.values[..2].join("\n")),
            _ => None,
        },
        Subject::Member(..) | Subject::Sheet => match (column.kind, column.key.as_str()) {
            (CellKind::Date, _) => Some("2026-03-31".to_owned()),
            (_, "identity") => Some("application = \"https\"\nport = 443\npath = \"/identity\"".to_owned()),
            (_, "reference") => Some("5.1-1".to_owned()),
            _ => None,
        },
    }
}
