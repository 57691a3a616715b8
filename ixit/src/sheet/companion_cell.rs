//! A companion in one cell, as TOML that is easy to write by hand: a record as lines `key = value`, a list of
//! records as one `{ … }` a line. Braces, brackets and commas around them may be there or not.

use serde_json::Value as Json;

use super::alike::plain_marks;
use super::toml_text;
use crate::complaints::Complaints;
use crate::diagnostic::Blame;
use crate::node::Node;

/// The text of the cell.
pub(super) fn encode(value: &Json) -> String {
    let text = match value {
        Json::Object(entries) if !entries.is_empty() => {
            let lines: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{} = {}", toml_text::key(name), toml_text::inline(value)))
                .collect();
            lines.join("\n")
        }
        Json::Array(items) if !items.is_empty() && items.iter().all(Json::is_object) => {
            items.iter().map(toml_text::inline).collect::<Vec<_>>().join("\n")
        }
        other => toml_text::inline(other),
    };
    without_escapes(&text)
}

/// The value, and whether marks had to be set right to understand it; the fault in words.
pub(super) fn decode(text: &str) -> Result<(Node, bool), String> {
    let trimmed = text.trim();
    match understood(trimmed) {
        Ok(node) => Ok((node, false)),
        Err(fault) => {
            let plain = plain_marks(trimmed);
            if plain == trimmed {
                return Err(fault);
            }
            understood(&plain).map(|node| (node, true)).map_err(|_| fault)
        }
    }
}

/// Whether a text is meant to be TOML and not a word.
pub(super) fn is_opened(text: &str) -> bool {
    let plain = plain_marks(text.trim_start());
    plain.starts_with(['{', '[', '"', '\'']) || plain.contains('=')
}

fn understood(text: &str) -> Result<Node, String> {
    let value = toml_text::parse(text);
    if value.is_ok() {
        return value;
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_record = |line: &&str| line.starts_with('{') && line.trim_end_matches(',').ends_with('}');
    if lines.len() > 1 && lines.iter().all(is_record) {
        let items: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(',')).collect();
        if let Ok(node) = toml_text::parse(&format!("[{}]", items.join(", "))) {
            return Ok(node);
        }
    }
    // Lines of keys and values, with or without a comma at the end of each.
    let keyed: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(',')).collect();
    let is_keyed =
        keyed.first().and_then(|line| line.split_once('=')).is_some_and(|(key, _)| is_key(key.trim()));
    if is_keyed {
        return table(text).or_else(|fault| table(&keyed.join("\n")).map_err(|_| fault));
    }
    toml_text::parse(&lines.join(" ")).or(value)
}

/// Whether a text can stand before the = of a line.
fn is_key(text: &str) -> bool {
    text.starts_with('"') || text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// A document that holds nothing but keys and values; the fault in words.
fn table(document: &str) -> Result<Node, String> {
    let mut to = Complaints::new(Blame::Documentation);
    let root = crate::parse::document("cell.toml", format!("{document}\n").as_bytes(), &mut to);
    if let Some(fault) = to.into_sorted().first() {
        return Err(format!("line {}: {}", fault.at.line, fault.message));
    }
    root.filter(|root| !root.entries().is_empty()).ok_or_else(|| "keys with values are expected".to_owned())
}

/// Without what a spreadsheet would change inside a string: `_x0041_` and unprintable characters.
fn without_escapes(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("_x") || matches!(c, '\u{fffe}' | '\u{ffff}') || (c.is_control() && c != '\n') {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Option<Json> {
        decode(text).ok().and_then(|(node, _)| node.to_value()).map(|value| value.value.to_json())
    }

    #[test]
    fn a_record_is_lines_and_a_list_of_records_is_one_a_line() {
        let record = json!({ "kind": "form", "port": 443, "tls": true });
        assert_eq!(encode(&record), "kind = \"form\"\nport = 443\ntls = true");
        assert_eq!(read(&encode(&record)), Some(record.clone()));
        let list = json!([record, { "kind": "basic" }]);
        assert_eq!(encode(&list).lines().count(), 2);
        assert_eq!(read(&encode(&list)), Some(list));
    }

    #[test]
    fn many_ways_of_writing_it_are_understood() {
        let record = json!({ "kind": "form", "port": 443 });
        for text in [
            "{ kind = \"form\", port = 443 }",
            "{ kind = \"form\",\n  port = 443 }",
            "kind = \"form\",\nport = 443,",
            "\n kind = \"form\"\r\n\r\nport = 443 \n",
            "{ kind = “form”, port = 443 }",
            "｛ kind ＝ ”form”， port ＝ 443 ｝",
        ] {
            assert_eq!(read(text), Some(record.clone()), "{text}");
        }
        let list = json!([{ "port": 1 }, { "port": 2 }]);
        for text in [
            "[{ port = 1 }, { port = 2 }]",
            "[\n{ port = 1 },\n{ port = 2 },\n]",
            "{ port = 1 },\n{ port = 2 }",
        ] {
            assert_eq!(read(text), Some(list.clone()), "{text}");
        }
        assert_eq!(read("{ kind = \"form\" "), None);
        assert_eq!(read("form"), None);
        let fault = decode("kind = \"form\"\nport = many").err();
        assert!(fault.as_ref().is_some_and(|fault| fault.starts_with("line 2")), "{fault:?}");
    }
}
