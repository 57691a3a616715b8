//! A declaration document before it is given a meaning: the same tree for TOML and JSON, every key
//! and value with its place.

use std::collections::BTreeMap;

use crate::located::{At, Located, Value};

/// Greatest depth of tables and lists within each other.
pub(crate) const DEPTH_LIMIT: usize = 64;

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) at: At,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Text(String),
    Flag(bool),
    Number(i64),
    /// Something that no declaration asks for, by its name for people.
    Other(&'static str),
    /// Left over where the syntax was broken; already reported, so nothing more is said of it.
    Broken,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_at: At,
    pub(crate) node: Node,
}

impl Node {
    /// The entries in the order of the document; none where this is no table.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of a table with this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// What this is, for people.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Text(_) => "a text",
            Content::Flag(_) => "a yes/no value",
            Content::Number(_) => "a whole number",
            Content::Other(kind) => kind,
            Content::Broken => "nothing that can be read",
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
        }
    }

    /// The value without the places of its keys; `None` where it holds something that no field takes.
    pub(crate) fn to_value(&self) -> Option<Located<Value>> {
        let value = match &self.content {
            Content::Text(text) => Value::Text(text.clone()),
            Content::Flag(flag) => Value::Flag(*flag),
            Content::Number(number) => Value::Number(*number),
            Content::Other(_) | Content::Broken => return None,
            Content::List(items) => Value::List(items.iter().map(Node::to_value).collect::<Option<_>>()?),
            Content::Table(entries) => {
                let mut table = BTreeMap::new();
                for entry in entries {
                    table.insert(entry.key.clone(), entry.node.to_value()?);
                }
                Value::Table(table)
            }
        };
        Some(Located { value, at: self.at.clone() })
    }
}
