//! A value together with the place in the supplier's file where it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A place in a declaration file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct At {
    /// Name of the file inside the declaration folder, with `/` as separator.
    pub file: Arc<str>,
    /// Line, counted from 1; 0 where the whole file is meant.
    pub line: u32,
    /// Column in characters, counted from 1; 0 where the whole file is meant.
    pub column: u32,
    /// First byte of the value.
    pub start: usize,
    /// Byte after the value.
    pub end: usize,
}

impl At {
    /// The whole of a file.
    pub fn whole_file(file: &str) -> Self {
        Self { file: Arc::from(file), line: 0, column: 0, start: 0, end: 0 }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: At,
}

/// A value as the supplier wrote it, before it is given a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A string.
    Text(String),
    /// A yes/no value.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A list.
    List(Vec<Located<Value>>),
    /// A table.
    Table(BTreeMap<String, Located<Value>>),
}

impl Value {
    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The yes/no value, where it is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The texts of a list; a single text counts as a list of one.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().filter_map(|item| item.value.as_text()).collect(),
            _ => Vec::new(),
        }
    }

    /// The value in one line for a person.
    pub fn display(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(true) => "yes".into(),
            Self::Flag(false) => "no".into(),
            Self::Number(number) => number.to_string(),
            Self::List(items) => items.iter().map(|item| item.value.display()).collect::<Vec<_>>().join(", "),
            Self::Table(entries) => entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", value.value.display()))
                .collect::<Vec<_>>()
                .join("; "),
        }
    }
}
