//! Guided procedures: what a person does at the device, what to note, and what is wrong with the notes.
//!
//! The shape is data (`catalogue/<edition>/procedures/`), the words are texts (`texts/<language>/procedures/`).
//! A unit that is decided with the hands is not passed by a bare yes: the notes that its procedure requires are
//! the record of the effort.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::note::{Entry, Note};
pub use self::typed_line::read_line;

mod note;
pub mod outcome;
mod typed_line;

/// Most entries of one list.
const MOST_ENTRIES: usize = 200;
/// Longest text of a note in characters.
const LONGEST_TEXT: usize = 4000;
/// Shortest reason for a photo that was not taken, in characters.
const SHORTEST_REASON: usize = 10;

/// The procedure of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Unit.
    pub unit: String,
    /// What is needed, by name; the words are in the texts.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// What is written down.
    #[serde(default)]
    pub note: Vec<NoteField>,
}

/// Kind of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// Yes or no.
    YesNo,
    /// A whole number with a unit of measurement.
    Number,
    /// One of several words.
    Choice,
    /// Free text.
    Text,
    /// Photo, video or other file; or why there is none.
    Photo,
    /// Id of a declared row; empty or missing where nothing is declared.
    Row,
    /// A list of things, each with columns.
    Entries,
}

/// Something to note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteField {
    /// Key in `notes`.
    pub key: String,
    /// Kind.
    pub kind: NoteKind,
    /// A yes without it decides nothing.
    #[serde(default)]
    pub required: bool,
    /// Unit of measurement of a number.
    #[serde(default)]
    pub unit: Option<String>,
    /// Least number, or least number of entries.
    #[serde(default)]
    pub least: Option<i64>,
    /// Greatest number.
    #[serde(default)]
    pub most: Option<i64>,
    /// Words to choose from.
    #[serde(default)]
    pub options: Vec<String>,
    /// Columns of each entry.
    #[serde(default)]
    pub columns: Vec<NoteField>,
}

/// Words of a procedure in one language.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureText {
    /// What has to be ready.
    pub prepare: String,
    /// What is done, in order.
    pub steps: Vec<String>,
    /// What each note is, by its key.
    #[serde(default)]
    pub note: BTreeMap<String, String>,
}

/// What is wrong with a note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// A note that is needed is not there.
    #[error("the note {0} is missing (note-missing)")]
    Missing(String),
    /// A photo that is needed is not there.
    #[error(
        "the photo {0} is missing (photo-missing); give {{ file = \"path\" }}, or {{ not_taken = \"the reason\" }} where none can be had"
    )]
    PhotoMissing(String),
    /// The procedure knows no such note.
    #[error("the procedure has no note {0} (note-unknown); it has {1}")]
    Unknown(String, String),
    /// Another kind of value.
    #[error("the note {0} has to be {1} (note-kind)")]
    Kind(String, String),
    /// A number that cannot be.
    #[error("the note {0} is {1}, outside of {2} (note-out-of-range)")]
    OutOfRange(String, i64, String),
    /// A word that cannot be chosen.
    #[error("the note {0} is none of {1} (note-not-a-choice)")]
    NotAChoice(String, String),
    /// Too much.
    #[error("the note {0} is longer than is kept (note-too-long)")]
    TooLong(String),
}

impl NoteFault {
    /// Code, as documented.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "note-missing",
            Self::PhotoMissing(_) => "photo-missing",
            Self::Unknown(..) => "note-unknown",
            Self::Kind(..) => "note-kind",
            Self::OutOfRange(..) => "note-out-of-range",
            Self::NotAChoice(..) => "note-not-a-choice",
            Self::TooLong(_) => "note-too-long",
        }
    }
}

impl Procedure {
    /// What is wrong with notes, in the order of the procedure. `whole`: required notes have to be there, as behind
    /// a yes; what is there has to fit in any case.
    pub fn faults(&self, notes: &BTreeMap<String, Note>, whole: bool) -> Vec<NoteFault> {
        let mut faults = faults_of(&self.note, notes, "", whole);
        let known = |key: &&String| self.note.iter().any(|field| field.key == **key);
        let keys: Vec<&str> = self.note.iter().map(|field| field.key.as_str()).collect();
        faults.extend(
            notes
                .keys()
                .filter(|key| !known(key))
                .map(|key| NoteFault::Unknown(key.clone(), keys.join(", "))),
        );
        faults
    }
}

fn faults_of(
    fields: &[NoteField],
    notes: &BTreeMap<String, Note>,
    within: &str,
    whole: bool,
) -> Vec<NoteFault> {
    let mut faults = Vec::new();
    for field in fields {
        let path = format!("{within}{}", field.key);
        match notes.get(&field.key) {
            None if field.required && whole && field.kind == NoteKind::Photo => {
                faults.push(NoteFault::PhotoMissing(path));
            }
            None if field.required && whole => faults.push(NoteFault::Missing(path)),
            None => {}
            Some(note) => faults.extend(field.faults(note, &path, whole)),
        }
    }
    faults
}

impl NoteField {
    /// What is wrong with a value.
    pub fn faults(&self, note: &Note, path: &str, whole: bool) -> Vec<NoteFault> {
        let path = path.to_owned();
        let one = |fault| vec![fault];
        match (self.kind, note) {
            (NoteKind::YesNo, Note::Yes(_)) => Vec::new(),
            (NoteKind::YesNo, Note::Text(text)) if matches!(text.as_str(), "yes" | "no") => Vec::new(),
            (NoteKind::Number, Note::Number(number)) => {
                let range = self.least.unwrap_or(i64::MIN)..=self.most.unwrap_or(i64::MAX);
                if range.contains(number) {
                    return Vec::new();
                }
                one(NoteFault::OutOfRange(path, *number, self.range()))
            }
            (NoteKind::Choice, Note::Text(text)) => {
                if self.options.contains(text) {
                    return Vec::new();
                }
                one(NoteFault::NotAChoice(path, self.options.join(", ")))
            }
            (NoteKind::Text, Note::Text(text)) if whole && self.required && text.trim().is_empty() => {
                one(NoteFault::Missing(path))
            }
            (NoteKind::Text | NoteKind::Row, Note::Text(text)) => {
                if text.chars().count() <= LONGEST_TEXT {
                    Vec::new()
                } else {
                    one(NoteFault::TooLong(path))
                }
            }
            (NoteKind::Photo, Note::File { file }) if !file.trim().is_empty() => Vec::new(),
            (NoteKind::Photo, Note::NotTaken { not_taken })
                if not_taken.trim().chars().count() >= SHORTEST_REASON =>
            {
                Vec::new()
            }
            (NoteKind::Photo, Note::File { .. } | Note::NotTaken { .. }) => {
                one(NoteFault::PhotoMissing(path))
            }
            (NoteKind::Entries, Note::Entries(entries)) => self.faults_of_entries(entries, &path, whole),
            // An empty list of anything is an empty list.
            (NoteKind::Entries, Note::List(list)) if list.is_empty() => {
                self.faults_of_entries(&[], &path, whole)
            }
            _ => one(NoteFault::Kind(path, self.expected())),
        }
    }

    fn faults_of_entries(&self, entries: &[Entry], path: &str, whole: bool) -> Vec<NoteFault> {
        let least = usize::try_from(self.least.unwrap_or(0)).unwrap_or(0);
        if whole && entries.len() < least {
            return vec![NoteFault::Missing(format!("{path}[{}]", entries.len()))];
        }
        if entries.len() > MOST_ENTRIES {
            return vec![NoteFault::TooLong(path.to_owned())];
        }
        let keys: Vec<&str> = self.columns.iter().map(|column| column.key.as_str()).collect();
        let mut faults = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            // An entry that names a thing without its other columns says too little, whatever the answer.
            faults.extend(faults_of(&self.columns, &entry.0, &format!("{path}[{at}]."), true));
            faults.extend(
                entry
                    .0
                    .keys()
                    .filter(|key| !keys.contains(&key.as_str()))
                    .map(|key| NoteFault::Unknown(format!("{path}[{at}].{key}"), keys.join(", "))),
            );
        }
        faults
    }

    fn range(&self) -> String {
        let bound = |bound: Option<i64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
        let unit = self.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        format!("{} to {}{unit}", bound(self.least), bound(self.most))
    }

    /// What the value has to be, for a person.
    pub fn expected(&self) -> String {
        match self.kind {
            NoteKind::YesNo => "true or false".to_owned(),
            NoteKind::Number => format!("a whole number, {}", self.range()),
            NoteKind::Choice => format!("one of {}", self.options.join(", ")),
            NoteKind::Text => "a text".to_owned(),
            NoteKind::Photo => "{ file = \"path\" } or { not_taken = \"the reason\" }".to_owned(),
            NoteKind::Row => "the id of a row, or \"\" where none is declared".to_owned(),
            NoteKind::Entries => {
                let columns: Vec<&str> = self.columns.iter().map(|column| column.key.as_str()).collect();
                format!("a list of tables with the keys {}", columns.join(", "))
            }
        }
    }
}

#[cfg(test)]
#[path = "guided/tests.rs"]
mod tests;
