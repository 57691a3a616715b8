//! The answer that is being given: verdict of the person, reason, notes of the procedure, attachments; nothing is
//! written before the last step.

use std::collections::BTreeMap;

use harness::testcases::guided::{Entry, NoteField, NoteKind, read_line};
use harness::testcases::{Answer, Decision, Note, Prompt, PromptKind, Role, review};

/// Where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Yes, no, cannot tell; agree or object.
    Answer,
    /// Why.
    Reason,
    /// One of the notes of the procedure.
    Note(usize),
    /// A file to attach, one a line; an empty line ends them.
    Attachment,
    /// All is there; Enter writes it down.
    Confirm,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// A question.
    Question(Box<Prompt>),
    /// The answer of somebody else.
    Review(Box<Decision>),
}

/// An answer that is being given.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) subject: Subject,
    pub(super) step: Step,
    /// What is typed in this step.
    pub(super) typed: String,
    /// What is wrong with what was typed.
    pub(super) complaint: Option<Complaint>,
    pub(super) answer: Option<Answer>,
    pub(super) reason: String,
    pub(super) attachments: Vec<String>,
    pub(super) notes: BTreeMap<String, Note>,
    /// Lines of a note that has several.
    pub(super) lines: Vec<Entry>,
    /// The notes that are asked for.
    fields: &'static [NoteField],
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    /// Not one of the answers.
    NoAnswer,
    /// It has to be there.
    Needed,
    /// As the procedure says.
    Said(String),
}

impl Form {
    /// An empty one on a question, with the notes that its procedure asks for.
    pub(super) fn on(prompt: &Prompt, fields: &'static [NoteField]) -> Self {
        Self::about(Subject::Question(Box::new(prompt.clone())), fields)
    }

    /// An empty one on the answer of somebody else.
    pub(super) fn review_of(decision: &Decision) -> Self {
        Self::about(Subject::Review(Box::new(decision.clone())), &[])
    }

    fn about(subject: Subject, fields: &'static [NoteField]) -> Self {
        Self {
            subject,
            step: Step::Answer,
            typed: String::new(),
            complaint: None,
            answer: None,
            reason: String::new(),
            attachments: Vec::new(),
            notes: BTreeMap::new(),
            lines: Vec::new(),
            fields,
        }
    }

    /// The note that is asked for now.
    pub(super) fn field(&self) -> Option<&'static NoteField> {
        match self.step {
            Step::Note(at) => self.fields.get(at),
            _ => None,
        }
    }

    /// Takes what was typed in this step; `Some` when all is there and confirmed.
    pub(super) fn enter(&mut self, person: &str) -> Option<Decision> {
        let typed = std::mem::take(&mut self.typed);
        let typed = typed.trim();
        self.complaint = None;
        match self.step {
            Step::Answer => match self.understood(typed) {
                Some(answer) => {
                    self.answer = Some(answer);
                    self.step = Step::Reason;
                }
                None => self.complaint = Some(Complaint::NoAnswer),
            },
            Step::Reason if typed.is_empty() && self.reason_needed() => {
                self.complaint = Some(Complaint::Needed);
            }
            Step::Reason => {
                typed.clone_into(&mut self.reason);
                self.after_reason();
            }
            Step::Note(at) => self.take_note(at, typed),
            Step::Attachment if typed.is_empty() => self.step = Step::Confirm,
            Step::Attachment => self.attachments.push(typed.to_owned()),
            Step::Confirm => return Some(self.decision(person)),
        }
        None
    }

    /// One step back; `false` at the first.
    pub(super) fn back(&mut self) -> bool {
        self.complaint = None;
        self.typed.clear();
        let (step, again) = match self.step {
            Step::Answer => return false,
            Step::Reason => (Step::Answer, String::new()),
            Step::Note(0) | Step::Attachment | Step::Confirm => (Step::Reason, self.reason.clone()),
            Step::Note(at) => (Step::Note(at - 1), String::new()),
        };
        self.step = step;
        self.typed = again;
        self.lines.clear();
        if matches!(step, Step::Reason) {
            self.notes.clear();
            self.attachments.clear();
        }
        true
    }

    fn after_reason(&mut self) {
        self.step = match (&self.subject, self.fields.is_empty()) {
            (Subject::Review(_), _) => Step::Confirm,
            (_, false) => Step::Note(0),
            (_, true) => Step::Attachment,
        };
    }

    /// Whether an empty reason leaves the decision without effect.
    fn reason_needed(&self) -> bool {
        let answer = self.answer.as_ref().map(Answer::as_text).unwrap_or_default();
        match &self.subject {
            Subject::Review(_) => answer == "no",
            Subject::Question(prompt) => prompt.id.starts_with("not-applicable/") && answer == "yes",
        }
    }

    fn take_note(&mut self, at: usize, typed: &str) {
        let Some(field) = self.fields.get(at) else {
            self.step = Step::Attachment;
            return;
        };
        if !typed.is_empty() {
            match read_line(field, typed) {
                Ok(Note::Entries(mut one)) => self.lines.append(&mut one),
                Ok(note) => {
                    self.notes.insert(field.key.clone(), note);
                    self.next_note(at);
                }
                Err(fault) => self.complaint = Some(Complaint::Said(fault.to_string())),
            }
            return;
        }
        let whole = self.answer.as_ref().is_some_and(|answer| answer.as_text() == "yes");
        let least = usize::try_from(field.least.unwrap_or(0)).unwrap_or(0);
        let entries = field.kind == NoteKind::Entries;
        if whole && (self.lines.len() < least || field.required && !entries) {
            self.complaint = Some(Complaint::Needed);
            return;
        }
        if entries && (whole && field.required || !self.lines.is_empty()) {
            self.notes.insert(field.key.clone(), Note::Entries(std::mem::take(&mut self.lines)));
        }
        self.next_note(at);
    }

    fn next_note(&mut self, at: usize) {
        self.lines.clear();
        self.step = if at + 1 < self.fields.len() { Step::Note(at + 1) } else { Step::Attachment };
    }

    /// The answer that was typed, if it is one.
    fn understood(&self, typed: &str) -> Option<Answer> {
        match &self.subject {
            Subject::Review(_) => match crate::prompting::understood(&PromptKind::YesNo, typed) {
                Some(answer) if answer.as_text() != "cannot-tell" => Some(answer),
                _ => None,
            },
            Subject::Question(prompt) => crate::prompting::understood(&prompt.kind, typed),
        }
    }

    fn decision(&self, person: &str) -> Decision {
        let (prompt, role, facts) = match &self.subject {
            Subject::Question(prompt) => (prompt.id.clone(), prompt.role, prompt.facts.clone()),
            Subject::Review(decision) => {
                (review::id_of(&decision.prompt), Role::Reviewer, review::digest_of(decision))
            }
        };
        Decision {
            prompt,
            answer: self.answer.clone().unwrap_or_else(|| Answer::Text("cannot-tell".to_owned())),
            reason: self.reason.clone(),
            person: person.to_owned(),
            role,
            date: String::new(),
            attachments: self.attachments.clone(),
            notes: self.notes.clone(),
            facts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(id: &str) -> Prompt {
        Prompt {
            id: id.to_owned(),
            unit: Some("5.6-6-1:a".to_owned()),
            item: "-".to_owned(),
            state: None,
            sample: None,
            role: Role::Assessor,
            kind: PromptKind::YesNo,
            shown: Vec::new(),
            prejudgement: None,
            facts: "sha256:page".to_owned(),
        }
    }

    fn typed(form: &mut Form, line: &str) -> Option<Decision> {
        line.clone_into(&mut form.typed);
        form.enter("A. Assessor")
    }

    #[test]
    fn an_answer_goes_through_reason_and_attachments_and_is_bound_to_what_was_shown() {
        let mut form = Form::on(&prompt("5.6-6-1:a/-"), &[]);
        assert!(typed(&mut form, "perhaps").is_none());
        assert_eq!((form.step, form.complaint.clone()), (Step::Answer, Some(Complaint::NoAnswer)));
        for line in ["y", "Read it", "photo.jpg", ""] {
            assert!(typed(&mut form, line).is_none());
        }
        assert_eq!(form.step, Step::Confirm);
        let decision = typed(&mut form, "").expect("confirmed");
        assert_eq!((decision.answer.as_text().as_str(), decision.reason.as_str()), ("yes", "Read it"));
        assert_eq!((decision.facts.as_str(), decision.attachments.len()), ("sha256:page", 1));
    }

    #[test]
    fn an_objection_needs_a_reason_and_a_review_takes_no_cannot_tell() {
        let mut form = Form::on(&prompt("5.6-6-1:a/-"), &[]);
        for line in ["y", "Read it", ""] {
            typed(&mut form, line);
        }
        let reviewed = typed(&mut form, "").expect("confirmed");
        let mut form = Form::review_of(&reviewed);
        assert!(typed(&mut form, "c").is_none());
        assert_eq!(form.complaint, Some(Complaint::NoAnswer));
        typed(&mut form, "n");
        typed(&mut form, " ");
        assert_eq!((form.step, form.complaint.clone()), (Step::Reason, Some(Complaint::Needed)));
        typed(&mut form, "The photo shows another board");
        let objection = typed(&mut form, "").expect("confirmed");
        assert_eq!(objection.prompt, "review/5.6-6-1:a/-");
        assert_eq!((objection.role, objection.facts), (Role::Reviewer, review::digest_of(&reviewed)));
    }

    #[test]
    fn escape_goes_one_step_back_and_leaves_at_the_first() {
        let mut form = Form::on(&prompt("5.6-6-1:a/-"), &[]);
        assert!(!form.back());
        typed(&mut form, "n");
        typed(&mut form, "No list is there");
        assert!(form.back());
        assert_eq!((form.step, form.typed.as_str()), (Step::Reason, "No list is there"));
    }
}
