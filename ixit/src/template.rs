//! Declaration folders to fill in: files whose comments teach what each key means. As written they read
//! without an error; what is not yet filled in is a finding.

pub(crate) mod words;

use std::fmt::Write as _;

use crate::companion;
use crate::described::{Described, Member, Shape};
use crate::edition::Edition;
use crate::provision::provisions;
use crate::table::{Field, Layout, Table, tables};
use words::{TableWords, Words};

/// Language of the comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// The language has no texts here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no texts in the language \"{0}\"; expected: en or ja")]
pub struct UnknownLanguage(pub String);

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        match text {
            "en" => Ok(Self::En),
            "ja" => Ok(Self::Ja),
            other => Err(UnknownLanguage(other.to_owned())),
        }
    }
}

/// An `ics.toml` to fill in.
pub fn ics(edition: Edition, language: Language) -> String {
    let (words, said) = (words::of(language), TableWords::new(edition, language));
    let mut text = String::new();
    prose(&mut text, words.ics_head);
    prose(&mut text, words.how_to_fill);
    let _ = writeln!(text, "\nedition = \"{}\"\n\n[dut]", edition.short());
    members(
        &mut text,
        &crate::declaration::Dut::shape(),
        words.dut,
        dut_example,
        &["manufacturer", "model", "hardware", "firmware"],
    );
    let _ = writeln!(text, "\n[supplier]");
    members(
        &mut text,
        &crate::declaration::Supplier::shape(),
        words.supplier,
        supplier_example,
        &["name", "contact"],
    );
    let _ = writeln!(text);
    prose(&mut text, words.ics_provisions);
    for provision in provisions(edition) {
        let _ =
            writeln!(text, "\n# {} ({}) {}", provision.id, provision.status, said.provision_title(provision));
        let _ = writeln!(text, "#[provision.\"{}\"]\n#support = \"Y\"\n#detail = \"...\"", provision.id);
    }
    let _ = writeln!(text);
    prose(&mut text, words.evidence);
    let _ = writeln!(text, "#[[external_evidence]]\n#id = \"Evidence-1\"");
    for (key, value) in EVIDENCE {
        let _ = writeln!(text, "#{key} = {value}");
    }
    text
}

/// An `ixit.toml` to fill in.
pub fn ixit(edition: Edition, language: Language) -> String {
    ixit_with(edition, language, |_| String::new())
}

/// The same with rows below what is said of their table.
pub(crate) fn ixit_with(edition: Edition, language: Language, rows: impl Fn(&Table) -> String) -> String {
    let (words, said) = (words::of(language), TableWords::new(edition, language));
    let mut text = String::new();
    prose(&mut text, words.ixit_head);
    prose(&mut text, words.how_to_fill);
    for table in tables(edition) {
        table_text(&mut text, words, &said, edition, table);
        text.push_str(&rows(table));
    }
    let _ = writeln!(text);
    prose(&mut text, words.empty);
    let _ = writeln!(text, "[empty]");
    for table in tables(edition) {
        let _ = writeln!(text, "#{} = \"...\"", table.key);
    }
    text
}

/// A `bench.toml` to fill in.
pub fn bench(edition: Edition, language: Language) -> String {
    // The bench is the same for every edition.
    let _ = edition;
    let words = words::of(language);
    let mut text = String::new();
    prose(&mut text, words.bench_head);
    prose(&mut text, words.how_to_fill);
    for (comment, lines) in words.bench {
        let _ = writeln!(text);
        prose(&mut text, comment);
        let _ = writeln!(text, "{lines}");
    }
    text
}

fn table_text(text: &mut String, words: &Words, said: &TableWords, edition: Edition, table: &Table) {
    let _ = writeln!(text, "\n# ---- {}: {} ----", table.id, said.table_title(table));
    let _ = match table.layout {
        Layout::Rows => writeln!(text, "#[[{}]]", table.key),
        Layout::Form => writeln!(text, "#[{}]", table.key),
    };
    for field in &table.fields {
        let when = match (&field.filled_if, field.required) {
            (_, true) => words.always.to_owned(),
            (Some(when), false) => format!("{}: {}", words.only, said.condition(when)),
            (None, false) => words.optional.to_owned(),
        };
        let _ = writeln!(text, "# {} ({when}): {}", said.heading(table, field), said.meaning(table, field));
        if !field.values.is_empty() {
            let intro = if field.kind == "list" { words.proposals } else { words.values };
            let names =
                if field.kind == "bool" { "true, false".to_owned() } else { in_quotes(&field.values) };
            let _ = writeln!(text, "#   {intro}: {names}");
        }
        if !field.refs.is_empty() {
            let _ = writeln!(text, "#   {}: {}", words.references, field.refs.join(", "));
        }
        let _ = writeln!(text, "#{} = {}", field.key, field_example(edition, table, field));
    }
    if !table.companions.is_empty() {
        let _ = writeln!(text, "# {}", words.companions);
    }
    for companion in table.companions.iter().filter_map(|key| companion::description(key)) {
        let _ = writeln!(text, "# {}: {}", companion.key, said.companion(companion.key, companion.doc));
        shape_text(text, words, said, "", &companion.shape);
        let example = companion::example(&table.key, companion.key).unwrap_or_default();
        let _ = writeln!(text, "#{} = {example}", companion.key);
    }
}

/// The keys and names that a companion takes, one a line.
fn shape_text(text: &mut String, words: &Words, said: &TableWords, key: &str, shape: &Shape) {
    match shape {
        Shape::List(inner) | Shape::Map(inner) => shape_text(text, words, said, key, inner),
        Shape::Names(names) => {
            let _ = writeln!(text, "#   {key}{}: {}", words.values, in_quotes(names));
        }
        Shape::Record(members) => {
            for member in members {
                let doc = said.member(member.doc);
                if !doc.is_empty() {
                    let _ = writeln!(text, "#   {}: {doc}", member.key);
                }
                shape_text(text, words, said, &format!("{}: ", member.key), &member.shape);
            }
        }
        Shape::Text | Shape::Flag | Shape::Number { .. } | Shape::Address => {}
    }
}

fn in_quotes(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("\"{}\"", name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn field_example(edition: Edition, table: &Table, field: &Field) -> String {
    let first = field.values.first().map_or("...", String::as_str);
    match field.kind.as_str() {
        "id" => format!("\"{}-1\"", short(table)),
        "bool" => "true".to_owned(),
        "enum" | "bool-pair" => format!("\"{first}\""),
        "list" | "enum-set" => format!("[\"{first}\"]"),
        "ref-list" => {
            let target = field.refs.first().and_then(|key| crate::table::table(edition, key));
            target.map_or_else(|| "[]".to_owned(), |target| format!("[\"{}-1\"]", short(target)))
        }
        _ => "\"...\"".to_owned(),
    }
}

/// `AuthMech` of `1-AuthMech`.
fn short(table: &Table) -> &str {
    table.id.split_once('-').map_or(table.id.as_str(), |(_, short)| short)
}

/// Keys of a record with comments; those named in `open` stand there to be filled, the others are commented.
fn members(
    text: &mut String,
    shape: &Shape,
    translated: &[(&str, &str)],
    example: fn(&str) -> &'static str,
    open: &[&str],
) {
    let Shape::Record(members) = shape else { return };
    for Member { key, doc, .. } in members {
        let doc = translated.iter().find(|(name, _)| name == key).map_or(*doc, |(_, text)| text);
        let mark = if open.contains(key) { "" } else { "#" };
        let _ = writeln!(text, "# {doc}\n{mark}{key} = {}", example(key));
    }
}

fn dut_example(key: &str) -> &'static str {
    match key {
        "constrained" => "false",
        "associated_services" => "[\"...\"]",
        "identity" => "{ application = \"https\", port = 443, path = \"/identity\" }",
        _ => "\"...\"",
    }
}

fn supplier_example(key: &str) -> &'static str {
    if key == "date" { "\"2026-01-31\"" } else { "\"...\"" }
}

const EVIDENCE: &[(&str, &str)] = &[
    ("document", "\"certificate.pdf\""),
    ("sha256", "\"...\""),
    ("issuer", "\"...\""),
    ("accreditation", "\"...\""),
    ("scheme", "\"...\""),
    ("product", "\"...\""),
    ("version", "\"...\""),
    ("issued", "\"2026-01-31\""),
    ("valid_until", "\"2031-01-31\""),
    ("covers", "[\"5.4-1\"]"),
];

fn prose(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "{}", if line.is_empty() { "#".to_owned() } else { format!("# {line}") });
    }
}
