//! One value in one cell: written so that it comes back the same, and readable for whoever fills it in.
//!
//! A text stands as it is. Where that would not come back the same (empty, control characters, blanks at
//! the ends …) it stands in quotes as in JSON. Lists have one item a line, an empty list is `[]`. Companions
//! are TOML values.

use serde_json::Value as Json;

use crate::complaints::Complaints;
use crate::described::Shape;
use crate::located::At;
use crate::node::{Content, Node};
use crate::table::Field;

use super::toml_text;

/// How the cells of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// A text.
    Text,
    /// `yes` or `no`.
    Flag,
    /// A list of texts, one a line.
    Lines,
    /// A list of names or ids, one a line or with commas between.
    Names,
    /// A text, or a list of texts as in JSON.
    Resource,
    /// A TOML value.
    Toml,
}

impl CellKind {
    pub(super) fn of_field(field: &Field) -> Self {
        match field.kind.as_str() {
            "bool" => Self::Flag,
            "list" => Self::Lines,
            "ref-list" | "enum-set" => Self::Names,
            "resource" => Self::Resource,
            _ => Self::Text,
        }
    }

    pub(super) fn of_shape(shape: &Shape) -> Self {
        match shape {
            Shape::Text | Shape::Names(_) => Self::Text,
            Shape::Flag => Self::Flag,
            Shape::List(inner) if matches!(**inner, Shape::Text) => Self::Lines,
            _ => Self::Toml,
        }
    }

    /// The text of the cell.
    pub(super) fn encode(self, value: &Json) -> String {
        match (self, value) {
            (Self::Toml, Json::String(text))
                if !is_awkward(text) && toml_text::parse(text).is_err() && !is_opened(text) =>
            {
                text.clone()
            }
            (Self::Toml, value) => toml_text::inline(value),
            (Self::Flag, Json::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
            (Self::Lines | Self::Names, Json::Array(items)) if items.is_empty() => "[]".to_owned(),
            (Self::Lines | Self::Names, Json::Array(items)) => {
                let items: Vec<String> =
                    items.iter().filter_map(Json::as_str).map(|item| self.encode_item(item)).collect();
                items.join("\n")
            }
            (Self::Resource, Json::String(text)) if as_json_list(text).is_some() => quoted(text),
            (Self::Resource, Json::Array(_)) => escaped(&value.to_string()),
            (_, Json::String(text)) if is_awkward(text) => quoted(text),
            (_, Json::String(text)) => text.clone(),
            (_, other) => toml_text::inline(other),
        }
    }

    fn encode_item(self, item: &str) -> String {
        let splits =
            item.contains('\n') || item == "[]" || (self == Self::Names && item.contains([',', ';']));
        if splits || is_awkward(item) { quoted(item) } else { item.to_owned() }
    }

    /// The value of a cell that is not empty.
    pub(super) fn decode(self, text: &str, at: &At, to: &mut Complaints) -> Node {
        let node = |content| Node { content, at: at.clone() };
        let trimmed = text.trim();
        match self {
            Self::Text => node(Content::Text(unquoted(trimmed))),
            Self::Flag => match trimmed.to_lowercase().as_str() {
                "yes" | "true" => node(Content::Flag(true)),
                "no" | "false" => node(Content::Flag(false)),
                _ => node(Content::Text(trimmed.to_owned())),
            },
            Self::Lines | Self::Names if trimmed == "[]" => node(Content::List(Vec::new())),
            Self::Lines | Self::Names => {
                let items = trimmed.lines().flat_map(|line| self.items(line)).filter(|item| !item.is_empty());
                node(Content::List(items.map(|item| node(Content::Text(unquoted(item)))).collect()))
            }
            Self::Resource => match as_json_list(trimmed) {
                Some(items) => {
                    node(Content::List(items.into_iter().map(|item| node(Content::Text(item))).collect()))
                }
                None => node(Content::Text(unquoted(trimmed))),
            },
            Self::Toml => match toml_text::parse(trimmed) {
                Ok(value) => placed(value, at),
                Err(_) if !is_opened(trimmed) => node(Content::Text(trimmed.to_owned())),
                Err(fault) => {
                    let message = format!("The cell holds no TOML value: {fault}");
                    let help =
                        "Expected: a value such as yes, 3, word, [\"a\", \"b\"] or { key = \"value\" }";
                    to.error("syntax", at, message, Some(help.to_owned()));
                    node(Content::Broken)
                }
            },
        }
    }

    fn items(self, line: &str) -> Vec<&str> {
        let line = line.trim();
        if self == Self::Names && !line.starts_with('"') {
            line.split([',', ';']).map(str::trim).collect()
        } else {
            vec![line]
        }
    }
}

/// Begins like a TOML value that is more than a bare word.
fn is_opened(text: &str) -> bool {
    text.starts_with(['{', '[', '"', '\''])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Blame;
    use proptest::prelude::*;

    fn back(kind: CellKind, value: &Json) -> Option<Json> {
        let text = kind.encode(value);
        let mut to = Complaints::new(Blame::Documentation);
        let node = kind.decode(&text, &At::whole_file("x"), &mut to);
        node.to_value().map(|value| value.value.to_json())
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            for kind in [CellKind::Text, CellKind::Resource, CellKind::Toml] {
                prop_assert_eq!(back(kind, &Json::from(text.clone())), Some(Json::from(text.clone())), "{:?}", kind);
            }
        }

        #[test]
        fn any_list_comes_back(items in proptest::collection::vec("\\PC{0,8}|[a,;\\n\"_x\\[\\] ]{0,4}", 0..4)) {
            for kind in [CellKind::Lines, CellKind::Names, CellKind::Resource, CellKind::Toml] {
                prop_assert_eq!(back(kind, &Json::from(items.clone())), Some(Json::from(items.clone())), "{:?}", kind);
            }
        }
    }

    #[test]
    fn plain_words_stay_plain() {
        assert_eq!(CellKind::Text.encode(&Json::from("=1+1")), "=1+1");
        assert_eq!(CellKind::Toml.encode(&Json::from("user")), "user");
        assert_eq!(CellKind::Toml.encode(&Json::from("true")), "\"true\"");
        assert_eq!(CellKind::Names.encode(&serde_json::json!(["A-1", "B, C"])), "A-1\n\"B, C\"");
    }
}
