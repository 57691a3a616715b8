//! What is shown before an answer is asked for: what it is about, the facts, what to look at, the question.

use std::collections::BTreeMap;

use harness::ixit::companion::Companions;
use harness::ixit::table::{self, Field, Table};
use harness::ixit::{Declaration, Edition, TableContent, translation};
use harness::testcases::prompt::Shown;
use harness::testcases::texts::{Language, Texts};
use harness::testcases::{DutState, Prompt};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::procedure::Guide;
use super::wording::Words;
use crate::folding::{fold, harmless, one_paragraph};
use crate::output::{Tone, paint};

/// What is known of the declaration behind the prompts.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(super) edition: Edition,
    /// Table and description of each row, by its id.
    rows: BTreeMap<String, (String, Option<String>)>,
}

impl Default for Ground {
    /// Without a declaration fields have their names and rows no description of their own.
    fn default() -> Self {
        Self { edition: Edition::ALL[0], rows: BTreeMap::new() }
    }
}

impl Ground {
    /// The rows of a declaration.
    pub(crate) fn of(declaration: &Declaration) -> Self {
        let mut rows = BTreeMap::new();
        for (table, content) in &declaration.ixit.tables {
            let TableContent::Rows(of_table) = content else { continue };
            for row in of_table {
                let description = row.text("description").map(str::to_owned);
                rows.insert(row.id.clone(), (table.clone(), description));
            }
        }
        Self { edition: declaration.edition, rows }
    }

    /// Edition of the declaration.
    pub(crate) fn edition(&self) -> Edition {
        self.edition
    }

    fn field(&self, label: &str) -> Option<(usize, usize, &'static Table, &'static Field)> {
        let (table_key, key) = label.split_once('.')?;
        let tables = table::tables(self.edition);
        let (at, table) = tables.iter().enumerate().find(|(_, table)| table.key == table_key)?;
        let (place, field) = table.fields.iter().enumerate().find(|(_, field)| field.key == key)?;
        Some((at, place, table, field))
    }

    /// Key of the companion that a label names.
    fn companion<'a>(&self, label: &'a str) -> Option<&'a str> {
        let (table, key) = label.split_once('.')?;
        let known = table::table(self.edition, table)?;
        (known.companions.iter().any(|companion| companion == key) || Companions::KEYS.contains(&key))
            .then_some(key)
    }

    /// Order of reading: the fields as the standard has them, their companions, then what was found.
    fn place(&self, label: &str) -> (u8, usize, usize) {
        match self.field(label) {
            Some((table, field, ..)) => (0, table, field),
            None if self.companion(label).is_some() => (1, 0, 0),
            None => (2, 0, 0),
        }
    }
}

/// One question as it is shown.
pub(crate) struct Page<'a> {
    pub(crate) prompt: &'a Prompt,
    pub(crate) ground: &'a Ground,
    pub(crate) language: Language,
    /// Number of the question, and how many there are.
    pub(crate) number: (usize, Option<usize>),
    /// Columns to fill.
    pub(crate) columns: usize,
    /// Whether to colour it where stderr takes colours.
    pub(crate) coloured: bool,
}

impl Page<'_> {
    /// The whole of it, each line ended.
    pub(crate) fn text(&self) -> String {
        let words = Words::of(self.language);
        let texts = Texts::of(self.language);
        let unit = self.prompt.unit.as_deref().and_then(|unit| texts.units.get(unit));
        let mut out = format!("\n{}\n", self.paint(Tone::Quiet, &"─".repeat(self.columns)));
        let (number, of) = self.number;
        self.line(&mut out, 0, Tone::Quiet, "", &words.heading(number, of, self.prompt.role));
        self.subject(&mut out, words, texts);
        out.push('\n');
        self.to_do(&mut out, words);
        self.facts(&mut out, words);
        if let Some(unit) = unit.filter(|unit| !unit.look_at.is_empty()) {
            self.line(&mut out, 2, Tone::Strong, words.look_at, &unit.look_at);
        }
        if let Some(guide) = Guide::of(self.ground.edition, self.prompt, words) {
            for (name, text) in guide.lines(words, self.prompt) {
                self.line(&mut out, 2, Tone::Strong, &name, &text);
            }
        }
        if let Some(verdict) = self.prompt.prejudgement {
            self.line(&mut out, 2, Tone::Strong, words.suggestion, words.suggested(verdict));
        }
        let question =
            unit.map_or_else(|| words.question_of(kind_of(&self.prompt.id)), |unit| &unit.question);
        out.push('\n');
        self.line(&mut out, 0, Tone::Strong, words.question, question);
        out
    }

    /// Unit or kind, item, state and sample, with their titles.
    fn subject(&self, out: &mut String, words: &Words, texts: &Texts) {
        let prompt = self.prompt;
        let item = harmless(&prompt.item);
        let mut title = prompt.unit.as_deref().map_or_else(|| harmless(&prompt.id), harmless);
        if prompt.unit.is_some() && item != "-" {
            title = format!("{title}/{item}");
        }
        self.line(out, 0, Tone::Strong, "", &title);
        let provision = prompt.unit.as_deref().map_or(item.as_str(), provision_of);
        if let Some(text) = texts.provisions.get(provision) {
            let heading = format!("{} {provision}", words.provision);
            self.line(out, 0, Tone::Quiet, &heading, &text.title);
        }
        if let Some((case, _)) = prompt.unit.as_deref().and_then(|unit| unit.split_once(':'))
            && let Some(text) = texts.cases.get(case)
        {
            self.line(out, 0, Tone::Quiet, &format!("{} {case}", words.case), &text.purpose);
        }
        if let Some((table, description)) = self.ground.rows.get(&prompt.item) {
            let table = table::table(self.ground.edition, table);
            let of = table.map_or_else(String::new, |table| self.table_title(table));
            self.line(out, 0, Tone::Quiet, &format!("{} {item}", words.item), &of);
            // Else it stands among the fields.
            let among = prompt.shown.iter().any(|shown| shown.label.ends_with(".description"));
            if let (false, Some(description)) = (among, description) {
                self.line(out, 2, Tone::Quiet, "", &one_paragraph(description));
            }
        }
        let mut place = Vec::new();
        if let Some(state) = prompt.state.filter(|_| prompt.unit.is_some()) {
            place.push(format!("{}{}{}", words.state, words.colon, words.state_of(state)));
        }
        if let Some(sample) = &prompt.sample {
            place.push(format!("{}{}{}", words.sample, words.colon, harmless(sample)));
        }
        if !place.is_empty() {
            self.line(out, 0, Tone::Quiet, "", &place.join(words.between));
        }
    }

    /// What the operator does first.
    fn to_do(&self, out: &mut String, words: &Words) {
        let todo = match (kind_of(&self.prompt.id), self.prompt.state) {
            ("action", Some(state)) => {
                let action = self.prompt.shown.iter().find(|shown| shown.label == "action");
                let way = words.way_into(state, action.map_or("", |shown| &shown.text));
                let between = if words.japanese() { "" } else { " " };
                format!("{way}{between}{}", words.after_action())
            }
            ("identity", _) => words.way_to_identity().to_owned(),
            _ => return,
        };
        self.line(out, 2, Tone::Strong, words.to_do, &todo);
    }

    fn facts(&self, out: &mut String, words: &Words) {
        let mut shown: Vec<&Shown> = self.prompt.shown.iter().collect();
        shown.sort_by_key(|shown| self.ground.place(&shown.label));
        let operator = kind_of(&self.prompt.id) == "action";
        for Shown { label, text, .. } in shown {
            if operator && label == "action" {
                continue;
            }
            let name = one_paragraph(&self.name(label, words));
            // What stands in a field is prose, even if it looks like JSON.
            let structured = if self.ground.field(label).is_some() { None } else { structured(text) };
            match structured {
                Some(Structured::Plain(text)) => {
                    self.line(out, 2, Tone::Quiet, &name, &text);
                    continue;
                }
                Some(Structured::Lines(lines)) => {
                    self.line(out, 2, Tone::Quiet, &name, "");
                    for (indent, line) in lines {
                        self.set_in(out, 4 + indent, &line);
                    }
                    continue;
                }
                None => {}
            }
            let state = DutState::ALL.iter().find(|state| label == "state" && state.as_str() == text);
            let text = state.map_or_else(|| one_paragraph(text), |state| words.state_of(*state).to_owned());
            self.line(out, 2, Tone::Quiet, &name, &text);
        }
    }

    /// What a label is called: the heading of the standard, or words.
    fn name(&self, label: &str, words: &Words) -> String {
        if let Some((_, _, table, field)) = self.ground.field(label) {
            let translated = match self.language {
                Language::Ja => translation::japanese(self.ground.edition).field(table, field),
                Language::En => None,
            };
            return match translated {
                Some(japanese) => format!("{}（{}）", japanese.name, field.name),
                None => field.name.clone(),
            };
        }
        if let Some(key) = self.ground.companion(label) {
            let space = if words.japanese() { "" } else { " " };
            return format!("{}{space}{}", key.replace('_', " "), words.structured);
        }
        if let Some(state) = self.seen_in(label) {
            return format!("{}{}{}", words.seen, words.colon, words.state_of(state));
        }
        let known = words.name_of(label);
        if known != label.replace('_', " ") {
            return known;
        }
        match label.strip_prefix("observed").map(|rest| rest.trim_start_matches(['.', ':', ' '])) {
            Some("") => return words.seen.to_owned(),
            Some(rest) => return format!("{}{}{}", words.seen, words.colon, words.name_of(rest)),
            None => {}
        }
        match (label.strip_prefix("computed."), label.strip_prefix("external_evidence.")) {
            (Some(rest), _) => format!("{}{}{}", words.computed, words.colon, words.name_of(rest)),
            (_, Some(rest)) => words.name_of(rest),
            // A row id, or a key that no table has: as it is written.
            _ if label == "state" => words.state.to_owned(),
            _ => label.to_owned(),
        }
    }

    fn seen_in(&self, label: &str) -> Option<DutState> {
        let state = label.strip_prefix("observed.")?;
        DutState::ALL.iter().copied().find(|known| known.as_str() == state)
    }

    fn table_title(&self, table: &Table) -> String {
        let title = match self.language {
            Language::En => &table.title,
            Language::Ja => translation::japanese(self.ground.edition)
                .table
                .get(&table.key)
                .map_or(&table.title, |translated| &translated.title),
        };
        format!("IXIT {} {title}", table.id)
    }

    /// A line of structured data; what follows the first is set in below its key.
    fn set_in(&self, out: &mut String, indent: usize, line: &str) {
        let further = indent + if line.starts_with("- ") { 4 } else { 2 };
        let width = self.columns.saturating_sub(further + 1).max(20);
        for (n, line) in fold(line, 0, width).iter().enumerate() {
            let indent = if n == 0 { indent } else { further };
            out.push_str(&format!("{}{line}\n", " ".repeat(indent)));
        }
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        if self.coloured { paint(tone, text) } else { text.to_owned() }
    }

    /// `name: text`, folded; what follows the first line is set in by two more columns.
    fn line(&self, out: &mut String, indent: usize, tone: Tone, name: &str, text: &str) {
        let words = Words::of(self.language);
        let name = if name.is_empty() { String::new() } else { format!("{name}{}", words.colon) };
        let further = if name.is_empty() { indent } else { indent + 2 };
        let taken = (indent + name.width()).saturating_sub(further);
        let lines = fold(text, taken, self.columns.saturating_sub(further + 1).max(20));
        for (n, line) in lines.iter().enumerate() {
            if n > 0 {
                out.push_str(&format!("{}{line}\n", " ".repeat(further)));
            } else if name.is_empty() {
                let line = if tone == Tone::Strong { self.paint(tone, line) } else { line.clone() };
                out.push_str(&format!("{}{line}\n", " ".repeat(indent)));
            } else {
                let first = format!("{}{}{line}", " ".repeat(indent), self.paint(tone, &name));
                out.push_str(if line.is_empty() { first.trim_end() } else { &first });
                out.push('\n');
            }
        }
    }
}

/// The provision that a unit belongs to: `5.1-1-1:a` belongs to `5.1-1`.
pub(crate) fn provision_of(unit: &str) -> &str {
    let case = unit.split_once(':').map_or(unit, |(case, _)| case);
    case.rsplit_once('-').map_or(case, |(provision, _)| provision)
}

/// The first part of an id: `companion`, `action` …
pub(super) fn kind_of(id: &str) -> &str {
    id.split_once('/').map_or(id, |(kind, _)| kind)
}

/// JSON as people read it.
#[derive(Debug, PartialEq, Eq)]
enum Structured {
    /// A plain value, or a list of such.
    Plain(String),
    /// Lines of `key: value` with their indent.
    Lines(Vec<(usize, String)>),
}

/// What a companion says; `None` where the text is no object, list or quoted text.
fn structured(text: &str) -> Option<Structured> {
    let value: Value = match text.chars().next()? {
        '{' | '[' | '"' => serde_json::from_str(text).ok()?,
        _ => return None,
    };
    if let Some(text) = scalar(&value) {
        return Some(Structured::Plain(text));
    }
    let mut lines = Vec::new();
    lay_out(&value, 0, &mut lines);
    Some(Structured::Lines(lines))
}

fn lay_out(value: &Value, indent: usize, lines: &mut Vec<(usize, String)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = one_paragraph(key);
                match scalar(value) {
                    Some(text) => lines.push((indent, format!("{key}: {text}"))),
                    None => {
                        lines.push((indent, format!("{key}:")));
                        lay_out(value, indent + 2, lines);
                    }
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                match scalar(value) {
                    Some(text) => lines.push((indent, format!("- {text}"))),
                    None => {
                        let from = lines.len();
                        lay_out(value, indent + 2, lines);
                        if let Some((indent, line)) = lines.get_mut(from) {
                            *indent -= 2;
                            *line = format!("- {line}");
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

/// What fits into one line: everything but objects and lists of more than plain values.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(one_paragraph(text)),
        Value::Object(entries) => entries.is_empty().then(|| "-".to_owned()),
        Value::Array(values) if values.is_empty() => Some("-".to_owned()),
        Value::Array(values) => {
            let plain = values.iter().all(|value| !value.is_object() && !value.is_array());
            plain.then(|| values.iter().filter_map(scalar).collect::<Vec<_>>().join(", "))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
