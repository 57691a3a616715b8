//! The guided procedure of a unit: shown before the question, its notes asked for after the answer.

use std::collections::BTreeMap;

use harness::ixit::Edition;
use harness::testcases::guided::{Entry, NoteField, NoteKind, Procedure, ProcedureText, read_line};
use harness::testcases::texts::Texts;
use harness::testcases::{Catalogue, Note, Prompt};

use super::wording::Words;

/// A procedure with its words.
pub(crate) struct Guide {
    pub(super) procedure: &'static Procedure,
    pub(super) text: &'static ProcedureText,
    texts: &'static Texts,
}

/// One line of a page: name and text.
pub(super) type Line = (String, String);

impl Guide {
    /// That of the unit of a prompt, where it has one.
    pub(crate) fn of(edition: Edition, prompt: &Prompt, words: &Words) -> Option<Self> {
        let unit = prompt.unit.as_deref()?;
        let texts = Texts::of(words.language());
        let procedure = Catalogue::of(edition).procedure(unit)?;
        Some(Self { procedure, text: texts.procedures.get(unit)?, texts })
    }

    /// What is shown before the question.
    pub(super) fn lines(&self, words: &Words, prompt: &Prompt) -> Vec<Line> {
        let mut lines = vec![(words.prepare().to_owned(), self.text.prepare.clone())];
        let equipment: Vec<&str> = self
            .procedure
            .equipment
            .iter()
            .map(|name| self.texts.equipment.get(name).map_or(name.as_str(), String::as_str))
            .collect();
        if !equipment.is_empty() {
            lines.push((words.equipment().to_owned(), equipment.join(words.between)));
        }
        for (n, step) in self.text.steps.iter().enumerate() {
            lines.push((words.step(n + 1), step.clone()));
        }
        let noted: Vec<String> = self.procedure.note.iter().map(|field| self.named(field, words)).collect();
        if !noted.is_empty() {
            lines.push((words.note_down().to_owned(), noted.join(words.between)));
        }
        let criterion = prompt.unit.as_deref().and_then(|unit| self.criterion(unit));
        lines.extend(criterion.map(|text| (words.criterion().to_owned(), text)));
        lines
    }

    /// The pass condition of the case that rests on the unit.
    fn criterion(&self, unit: &str) -> Option<String> {
        let (case, _) = unit.split_once(':')?;
        let catalogue = Catalogue::of(*Edition::ALL.first()?);
        let condition = catalogue
            .case(case)?
            .conditions
            .iter()
            .find(|condition| condition.units.iter().any(|one| one == unit))?;
        self.texts.cases.get(case)?.condition.get(&condition.c).cloned()
    }

    fn named(&self, field: &NoteField, words: &Words) -> String {
        let said = self.text.note.get(&field.key).map_or(field.key.as_str(), String::as_str);
        if field.required { words.required(said) } else { said.to_owned() }
    }

    /// Asks for the notes. `None`: the person has left. Behind a yes what is required is asked until it is there.
    pub(super) fn ask(
        &self,
        words: &Words,
        whole: bool,
        say: &dyn Fn(&str),
        line: &dyn Fn() -> Option<String>,
    ) -> Option<BTreeMap<String, Note>> {
        let mut notes = BTreeMap::new();
        for field in &self.procedure.note {
            say(&format!("{}\n", self.asked(field, words)));
            let mut entries: Vec<Entry> = Vec::new();
            loop {
                say("  > ");
                let typed = line()?;
                let typed = typed.trim();
                if matches!(typed, "q" | "Q" | "ｑ") {
                    return None;
                }
                if typed.is_empty() {
                    let missing = entries.len() < usize::try_from(field.least.unwrap_or(0)).unwrap_or(0)
                        || field.required && field.kind != NoteKind::Entries;
                    if whole && missing {
                        say(&format!("{}\n", words.needed()));
                        continue;
                    }
                    if field.kind == NoteKind::Entries && (whole && field.required || !entries.is_empty()) {
                        notes.insert(field.key.clone(), Note::Entries(std::mem::take(&mut entries)));
                    }
                    break;
                }
                match read_line(field, typed) {
                    Ok(Note::Entries(mut one)) => entries.append(&mut one),
                    Ok(note) => {
                        notes.insert(field.key.clone(), note);
                        break;
                    }
                    Err(fault) => say(&format!("{fault}\n")),
                }
            }
        }
        Some(notes)
    }

    /// A note as it is asked for: what it is, and how a line has to look.
    pub(crate) fn asked(&self, field: &NoteField, words: &Words) -> String {
        format!("{} ({})", self.named(field, words), self.expected(field))
    }

    /// How a line has to look.
    fn expected(&self, field: &NoteField) -> String {
        match field.kind {
            NoteKind::Entries => {
                let columns: Vec<String> = field
                    .columns
                    .iter()
                    .map(|column| {
                        let key = format!("{}.{}", field.key, column.key);
                        let said = self.text.note.get(&key).map_or(column.key.as_str(), String::as_str);
                        if column.options.is_empty() {
                            said.to_owned()
                        } else {
                            format!("{said} [{}]", column.options.join("|"))
                        }
                    })
                    .collect();
                columns.join("; ")
            }
            NoteKind::YesNo => "y / n".to_owned(),
            NoteKind::Photo => "path / - why not".to_owned(),
            _ => field.expected(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use harness::testcases::texts::Language;
    use harness::testcases::{PromptKind, Role};

    use super::*;

    fn prompt(unit: &str) -> Prompt {
        Prompt {
            id: format!("{unit}/-"),
            unit: Some(unit.to_owned()),
            item: "-".to_owned(),
            state: None,
            sample: None,
            role: Role::Assessor,
            kind: PromptKind::YesNo,
            shown: Vec::new(),
            prejudgement: None,
            facts: String::new(),
        }
    }

    #[test]
    fn a_procedure_is_shown_with_steps_notes_and_criterion_in_both_languages() {
        for language in Language::ALL {
            let words = Words::of(*language);
            let prompt = prompt("5.6-3-2:a");
            let guide = Guide::of(Edition::ALL[0], &prompt, words).unwrap();
            let lines = guide.lines(words, &prompt);
            assert!(lines.iter().any(|(name, _)| *name == words.step(4)), "{lines:?}");
            assert_eq!(lines.last().map(|(name, _)| name.as_str()), Some(words.criterion()));
        }
    }

    #[test]
    fn what_is_typed_line_by_line_becomes_whole_notes() {
        let words = Words::of(Language::En);
        let guide = Guide::of(Edition::ALL[0], &prompt("5.6-3-2:a"), words).unwrap();
        let typed = RefCell::new(
            ["", "front; 1; - no camera at hand", "", "front; socket; Intf-Lan", "front; lid", ""]
                .into_iter(),
        );
        let said = RefCell::new(String::new());
        let notes = guide
            .ask(words, true, &|text| said.borrow_mut().push_str(text), &|| {
                typed.borrow_mut().next().map(str::to_owned)
            })
            .unwrap();
        assert_eq!(guide.procedure.faults(&notes, true), []);
        assert_eq!(notes["ports"].entries().len(), 2);
        assert!(said.borrow().contains(words.needed()));
    }
}
