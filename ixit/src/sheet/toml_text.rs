//! Writes TOML: values on one line, and whole declaration files.

use serde_json::Value as Json;

use crate::complaints::Complaints;
use crate::diagnostic::Blame;
use crate::node::{Content, Entry, Node};

/// A value on one line.
pub(crate) fn inline(value: &Json) -> String {
    match value {
        // No value of a declaration is null.
        Json::Null => "\"\"".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => string(text),
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(name, value)| format!("{} = {}", key(name), inline(value))).collect();
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    }
}

/// Reads one value; the fault in words.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut to = Complaints::new(Blame::Documentation);
    let document = format!("value = {text}\n");
    let root = crate::parse::document("cell.toml", document.as_bytes(), &mut to);
    if let Some(fault) = to.into_sorted().first() {
        return Err(fault.message.clone());
    }
    match root.map(|node| node.content) {
        Some(Content::Table(mut entries)) if entries.len() == 1 && entries[0].key == "value" => {
            Ok(entries.remove(0).node)
        }
        _ => Err("one value is expected".to_owned()),
    }
}

/// A declaration file: values first, then tables, rows and, for the ICS, one table per provision.
pub(super) fn file(root: &Node) -> String {
    let mut text = String::new();
    let is_table = |entry: &&Entry| matches!(entry.node.content, Content::Table(_)) || is_rows(&entry.node);
    for entry in root.entries().iter().filter(|entry| !is_table(entry)) {
        line(&mut text, entry);
    }
    for entry in root.entries().iter().filter(is_table) {
        match &entry.node.content {
            Content::List(items) => {
                for item in items {
                    table(&mut text, &format!("[[{}]]", key(&entry.key)), item);
                }
            }
            _ if entry.key == "provision" => {
                for provision in entry.node.entries() {
                    table(&mut text, &format!("[provision.{}]", key(&provision.key)), &provision.node);
                }
            }
            _ => table(&mut text, &format!("[{}]", key(&entry.key)), &entry.node),
        }
    }
    text
}

fn is_rows(node: &Node) -> bool {
    matches!(&node.content, Content::List(items) if items.iter().all(|item| matches!(item.content, Content::Table(_))))
}

fn table(text: &mut String, head: &str, node: &Node) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(head);
    text.push('\n');
    for entry in node.entries() {
        line(text, entry);
    }
}

fn line(text: &mut String, entry: &Entry) {
    if let Some(value) = entry.node.to_value() {
        text.push_str(&format!("{} = {}\n", key(&entry.key), inline(&value.value.to_json())));
    }
}

/// A key, bare where it can be; `_x` begins an escape in a spreadsheet, so such a key stands in quotes.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && !name.contains("_x")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { string(name) }
}

/// A basic string; the escapes of JSON are also those of TOML, which wants DEL escaped as well.
fn string(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007F")
}
