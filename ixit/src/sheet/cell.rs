//! One value in one cell: written so that it comes back the same, and readable for whoever fills it in.
//!
//! A text stands as it is. Where that would not come back the same (empty, control characters, blanks at
//! the ends …) it stands in quotes as in JSON. Lists have one item a line, an empty list is `[]`. Companions
//! that are records are TOML.

use serde_json::Value as Json;

use super::alike::{Ids, alike, half_width, the_one};
use super::companion_cell;
use super::layout::Column;
use super::toml_text;
use super::workbook::{Cell, Typed};
use crate::complaints::{Complaints, excerpt, expectation};
use crate::located::At;
use crate::node::{Content, Node};

/// How the cells of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// A text.
    Text,
    /// An id, a name or a version: no date and no number with decimals, which lose their zeros.
    Label,
    /// A day.
    Date,
    /// `yes` or `no`.
    Flag,
    /// One of some values.
    Choice,
    /// A list of texts, one a line.
    Lines,
    /// A list of names or ids, one a line or with commas between.
    Names,
    /// A text, or a list of texts as in JSON.
    Resource,
    /// A TOML value.
    Toml,
}

/// Separators of names on a line.
const SEPARATORS: [char; 5] = [',', ';', '、', '，', '；'];
/// What lists of names begin their lines with.
const BULLETS: [char; 5] = ['•', '・', '‣', '▪', '●'];

const YES: &[&str] = &["yes", "y", "true", "はい", "有", "あり", "真", "○", "〇"];
const NO: &[&str] = &["no", "n", "false", "いいえ", "無", "なし", "偽", "×"];

impl Column {
    /// The text of the cell. Ids are those of all rows.
    pub(super) fn encode(&self, value: &Json, ids: &Ids) -> String {
        match (self.kind, value) {
            (CellKind::Toml, value) => companion_cell::encode(value),
            (CellKind::Flag, Json::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
            (CellKind::Lines | CellKind::Names, Json::Array(items)) if items.is_empty() => "[]".to_owned(),
            (CellKind::Lines | CellKind::Names, Json::Array(items)) => {
                let items: Vec<String> =
                    items.iter().filter_map(Json::as_str).map(|item| self.encode_item(item, ids)).collect();
                items.join("\n")
            }
            (CellKind::Resource, Json::String(text)) if as_json_list(text).is_some() => quoted(text),
            (CellKind::Resource, Json::Array(_)) => escaped(&value.to_string()),
            (CellKind::Date, Json::String(text)) if as_day(text).is_some_and(|day| day != *text) => {
                quoted(text)
            }
            (_, Json::String(text)) if is_awkward(text) => quoted(text),
            (_, Json::String(text)) => text.clone(),
            (_, other) => toml_text::inline(other),
        }
    }

    fn encode_item(&self, item: &str, ids: &Ids) -> String {
        let splits = item.contains('\n')
            || item.starts_with('[')
            || (self.kind == CellKind::Names && (item.contains(SEPARATORS) || item.starts_with(BULLETS)));
        if splits || is_awkward(item) || self.named(item, ids) != item {
            quoted(item)
        } else {
            item.to_owned()
        }
    }

    /// The value or id that an item of a list means.
    fn named<'t>(&'t self, item: &'t str, ids: &'t Ids) -> &'t str {
        if self.kind != CellKind::Names {
            return item;
        }
        let found = if self.closed { the_one(item, self.choices.iter().map(String::as_str)) } else { None };
        let refers = || ids.named(item);
        found.or_else(|| if self.refers.is_empty() { None } else { refers() }).unwrap_or(item)
    }

    /// The value of a cell.
    pub(super) fn decode(&self, cell: &Cell, at: &At, ids: &Ids, to: &mut Complaints) -> Node {
        let node = |content| Node { content, at: at.clone() };
        let text = |text: String| node(Content::Text(text));
        if let Some((message, help)) = self.distrusted(cell) {
            to.error("wrong-type", at, message, Some(help));
            return node(Content::Broken);
        }
        let unified = cell.text.replace("\r\n", "\n");
        let trimmed = unified.trim();
        match self.kind {
            CellKind::Text | CellKind::Label => text(unquoted(trimmed)),
            CellKind::Date => match serde_json::from_str::<String>(trimmed) {
                Ok(literal) => text(literal),
                Err(_) => text(as_day(trimmed).unwrap_or_else(|| trimmed.to_owned())),
            },
            CellKind::Flag => match flag(trimmed) {
                Some(flag) => node(Content::Flag(flag)),
                None => {
                    let message = format!("\"{}\" is neither yes nor no", excerpt(trimmed));
                    to.error("wrong-type", at, message, Some("Write yes or no".into()));
                    node(Content::Broken)
                }
            },
            CellKind::Choice => match self.chosen(trimmed) {
                Some(choice) => text(choice.to_owned()),
                None => {
                    let known = self.choices.iter().map(String::as_str).collect();
                    let message = format!("\"{}\" is none of the values allowed here", excerpt(trimmed));
                    to.error("bad-value", at, message, expectation(trimmed, known));
                    node(Content::Broken)
                }
            },
            CellKind::Lines | CellKind::Names if trimmed == "[]" => node(Content::List(Vec::new())),
            CellKind::Lines | CellKind::Names => {
                let items = as_toml_list(trimmed).unwrap_or_else(|| self.items(trimmed, ids));
                node(Content::List(items.into_iter().map(text).collect()))
            }
            CellKind::Resource => match as_json_list(trimmed) {
                Some(items) => node(Content::List(items.into_iter().map(text).collect())),
                None => text(unquoted(trimmed)),
            },
            CellKind::Toml => match companion_cell::decode(trimmed) {
                Ok((value, _)) => placed(value, at),
                Err(fault) => {
                    let (code, message) = if companion_cell::is_opened(trimmed) {
                        ("syntax", format!("The cell holds no TOML value: {fault}"))
                    } else {
                        (
                            "wrong-type",
                            format!("\"{}\" is a text where keys with values are expected", excerpt(trimmed)),
                        )
                    };
                    let help = "Write lines such as kind = \"form\" and port = 443, texts in straight quotes; \
                                the note on the heading has an example";
                    to.error(code, at, message, Some(help.to_owned()));
                    node(Content::Broken)
                }
            },
        }
    }

    /// What a spreadsheet program may have made of what was typed, and what to do about it.
    fn distrusted(&self, cell: &Cell) -> Option<(String, String)> {
        let prose = matches!(self.kind, CellKind::Text | CellKind::Resource);
        let again = "Format the cell as text and type the value again".to_owned();
        match cell.typed {
            Typed::Failed => Some((
                format!("The formula in this cell failed: {}", excerpt(&cell.text)),
                "Write the value itself in place of the formula".into(),
            )),
            Typed::Uncomputed => Some((
                "The formula in this cell has no value".into(),
                "Open and save the file in a spreadsheet program, or write the value itself".into(),
            )),
            Typed::Date if !prose && self.kind != CellKind::Date => Some((
                format!("The cell holds the date {}, perhaps made from what was typed", excerpt(&cell.text)),
                again,
            )),
            Typed::Fraction if !prose => Some((
                format!("The cell holds the number {}, which may have lost a zero at its end", cell.text),
                again,
            )),
            Typed::Whole if self.kind == CellKind::Date => {
                Some((format!("The cell holds the number {} and no date", cell.text), again))
            }
            _ => None,
        }
    }

    fn chosen(&self, text: &str) -> Option<&str> {
        let choices = || self.choices.iter().map(String::as_str);
        the_one(&unquoted(text), choices()).or_else(|| {
            let meant = match (flag(text), japanese_value(text)) {
                (_, Some(value)) => value,
                (Some(true), _) => "yes",
                (Some(false), _) => "no",
                _ => return None,
            };
            // Of yes and Y the one that the column has.
            choices().find(|choice| {
                *choice == meant || flag(choice).is_some_and(|known| Some(known) == flag(meant))
            })
        })
    }

    fn items(&self, text: &str, ids: &Ids) -> Vec<String> {
        let mut items = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Ok(literal) = serde_json::from_str::<String>(line) {
                items.push(literal);
            } else if self.kind == CellKind::Names {
                let names = line.trim_start_matches(BULLETS).split(SEPARATORS).map(str::trim);
                items.extend(
                    names.filter(|name| !name.is_empty()).map(|name| self.named(name, ids).to_owned()),
                );
            } else {
                items.push(line.to_owned());
            }
        }
        items
    }
}

/// Values of the standard in Japanese, where they stand alone.
fn japanese_value(text: &str) -> Option<&'static str> {
    let value = match text.trim() {
        "該当なし" | "該当しない" | "適用外" | "非該当" => "N/A",
        "有効" => "enabled",
        "無効" => "disabled",
        "公開" => "public",
        "クリティカル" | "重要" => "critical",
        "ネットワーク接続" => "network connectivity",
        "電源" => "power",
        "対応" => "yes",
        "非対応" => "no",
        _ => return None,
    };
    Some(value)
}

/// Yes or no, in either language.
fn flag(text: &str) -> Option<bool> {
    let plain = half_width(text.trim()).to_lowercase();
    let plain = plain.trim_end_matches(['.', '。']);
    match () {
        () if YES.contains(&plain) => Some(true),
        () if NO.contains(&plain) => Some(false),
        () => None,
    }
}

/// Year, month and day in this order, however they are parted, as `2026-03-31`.
fn as_day(text: &str) -> Option<String> {
    let plain = half_width(text.trim());
    let parts: Vec<&str> =
        plain.trim_end_matches('日').split(['-', '/', '.', '年', '月']).map(str::trim).collect();
    let [year, month, day] = parts[..] else { return None };
    let digits = |part: &str, most: usize| {
        (!part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())?
    };
    if year.len() != 4 {
        return None;
    }
    Some(format!("{:04}-{:02}-{:02}", digits(year, 4)?, digits(month, 2)?, digits(day, 2)?))
}

/// Whether a text would not come back as it is.
fn is_awkward(text: &str) -> bool {
    text.trim().len() != text.len()
        || text.is_empty()
        || text.contains("_x")
        || text.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}'))
        || serde_json::from_str::<String>(text).is_ok()
}

fn quoted(text: &str) -> String {
    escaped(&Json::from(text).to_string())
}

/// JSON text without what a spreadsheet would change: `_x0041_` is an escape there.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '_' || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

fn unquoted(text: &str) -> String {
    serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned())
}

fn as_json_list(text: &str) -> Option<Vec<String>> {
    text.starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// `["a", "b"]` in a cell that holds one item a line otherwise.
fn as_toml_list(text: &str) -> Option<Vec<String>> {
    if !text.starts_with(['[', '［']) {
        return None;
    }
    let (node, _) = companion_cell::decode(text).ok()?;
    let Content::List(items) = node.content else { return None };
    items
        .into_iter()
        .map(|item| match item.content {
            Content::Text(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// The value with every place inside replaced by that of its cell.
fn placed(mut node: Node, at: &At) -> Node {
    node.at = at.clone();
    node.content = match node.content {
        Content::List(items) => Content::List(items.into_iter().map(|item| placed(item, at)).collect()),
        Content::Table(entries) => Content::Table(
            entries
                .into_iter()
                .map(|mut entry| {
                    entry.key_at = at.clone();
                    entry.node = placed(entry.node, at);
                    entry
                })
                .collect(),
        ),
        content => content,
    };
    node
}

/// The id of a provision, whatever stands around it and whichever dash is in it.
pub(super) fn provision_id(text: &str, known: &[&str]) -> Option<String> {
    let plain: String = half_width(text).replace('ー', "-").chars().filter(|c| !c.is_whitespace()).collect();
    let bare = plain.trim_start_matches(|c: char| !c.is_ascii_digit());
    known.iter().find(|id| **id == bare).map(|id| (*id).to_owned())
}

/// Whether two cells say the same.
pub(super) fn same(a: &str, b: &str) -> bool {
    alike(a) == alike(b)
}

#[cfg(test)]
mod tests;
