//! A note from one line that a person typed.

use std::collections::BTreeMap;

use super::{Entry, Note, NoteFault, NoteField, NoteKind};

/// What stands between the columns of an entry.
const BETWEEN: char = ';';

/// Reads a note from a line: `yes`, `3300`, a word, a text, the path of a photo or `-` with a reason for none. Entries are
/// read one a line, their columns in order with `;` between.
///
/// # Errors
/// What is wrong with it.
pub fn read_line(field: &NoteField, line: &str) -> Result<Note, NoteFault> {
    let note = match field.kind {
        NoteKind::Entries => Note::Entries(vec![entry(field, line)?]),
        _ => value(field, line.trim())?,
    };
    // One entry of many is whole when its columns are.
    let whole = field.kind != NoteKind::Entries;
    field.faults(&note, &field.key, whole).into_iter().next().map_or(Ok(note), Err)
}

fn value(field: &NoteField, text: &str) -> Result<Note, NoteFault> {
    let kind = || NoteFault::Kind(field.key.clone(), field.expected());
    Ok(match field.kind {
        NoteKind::YesNo => match text.to_lowercase().as_str() {
            "y" | "yes" | "true" | "ｙ" | "はい" => Note::Yes(true),
            "n" | "no" | "false" | "ｎ" | "いいえ" => Note::Yes(false),
            _ => return Err(kind()),
        },
        NoteKind::Number => Note::Number(text.parse().map_err(|_| kind())?),
        NoteKind::Photo => match text.strip_prefix('-') {
            Some(reason) => Note::NotTaken { not_taken: reason.trim().to_owned() },
            None => Note::File { file: text.to_owned() },
        },
        NoteKind::Choice | NoteKind::Text | NoteKind::Row => Note::Text(text.to_owned()),
        NoteKind::Entries => return Err(kind()),
    })
}

fn entry(field: &NoteField, line: &str) -> Result<Entry, NoteFault> {
    let mut columns = BTreeMap::new();
    let mut parts = line.split(BETWEEN).map(str::trim);
    for column in &field.columns {
        match parts.next() {
            Some(part) if !part.is_empty() => {
                columns.insert(column.key.clone(), value(column, part)?);
            }
            _ => {}
        }
    }
    match parts.next() {
        None => Ok(Entry(columns)),
        Some(_) => Err(NoteFault::Kind(field.key.clone(), field.expected())),
    }
}
