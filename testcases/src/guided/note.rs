//! Typed notes beside an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A note: what was measured, counted, found or photographed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Note {
    /// Yes or no.
    Yes(bool),
    /// A whole number, in the unit of measurement that the procedure names.
    Number(i64),
    /// A word of a choice, a text, or the id of a row.
    Text(String),
    /// A photo, video or other file: a path, later `sha256:…`.
    File {
        /// The file.
        file: String,
    },
    /// Why there is no photo.
    NotTaken {
        /// The reason.
        not_taken: String,
    },
    /// Things that were found.
    Entries(Vec<Entry>),
    /// A list of something else; no procedure takes it unless it is empty.
    List(Vec<String>),
}

/// One thing of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entry(pub BTreeMap<String, Note>);

impl Entry {
    /// Text of a column; empty where there is none.
    pub fn text(&self, key: &str) -> &str {
        match self.0.get(key) {
            Some(Note::Text(text)) => text.trim(),
            _ => "",
        }
    }

    /// Number of a column.
    pub fn number(&self, key: &str) -> Option<i64> {
        match self.0.get(key) {
            Some(Note::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Everything in one line, for people.
    pub fn line(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|(key, note)| format!("{key} {}", note.line())).collect();
        parts.join(", ")
    }
}

impl Note {
    /// Whether it says yes.
    pub fn is_yes(&self) -> bool {
        match self {
            Self::Yes(yes) => *yes,
            Self::Text(text) => text == "yes",
            _ => false,
        }
    }

    /// Entries of a list; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Entries(entries) => entries,
            _ => &[],
        }
    }

    /// In one line, for people.
    pub fn line(&self) -> String {
        match self {
            Self::Yes(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            // A reference is among the evidence in full.
            Self::File { file } if file.starts_with("sha256:") => {
                format!("{}…", file.chars().take(15).collect::<String>())
            }
            Self::File { file } => file.clone(),
            Self::NotTaken { not_taken } => format!("not taken: {not_taken}"),
            Self::Entries(entries) => {
                entries.iter().map(|entry| format!("({})", entry.line())).collect::<Vec<_>>().join(" ")
            }
            Self::List(list) => list.join(", "),
        }
    }

    /// Every file in it, to be changed: paths become references to what was taken in.
    pub fn files_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::File { file } => vec![file],
            Self::Entries(entries) => {
                entries.iter_mut().flat_map(|entry| entry.0.values_mut()).flat_map(Self::files_mut).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Every file in it.
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::File { file } => vec![file],
            Self::Entries(entries) => {
                entries.iter().flat_map(|entry| entry.0.values()).flat_map(Self::files).collect()
            }
            _ => Vec::new(),
        }
    }
}
