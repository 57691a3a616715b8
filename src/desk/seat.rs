//! Where the person at the desk is, and what a key does. No terminal here: keys in, what to do out.

use harness::testcases::guided::NoteField;
use harness::testcases::{Catalogue, Decision, Prompt};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::form::{Form, Subject};
use super::questions::{Answered, Question};

/// What the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Questions that wait.
    Open,
    /// Answers in force, for a second person.
    Answered,
}

/// What stands beside the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    /// Facts, procedure, criterion, question.
    Facts,
    /// Evidence.
    Evidence,
    /// What changed since an earlier answer.
    Changes,
}

/// What a key leads to.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// Nothing beyond the screen.
    None,
    /// An answer to a question.
    Answer(Box<Prompt>, Box<Decision>),
    /// A review of an answer.
    Review(Box<Decision>),
    /// The person leaves.
    Leave,
}

/// The desk as its person sees it.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) person: String,
    pub(super) open: Vec<Question>,
    pub(super) answered: Vec<Answered>,
    pub(super) list: List,
    pub(super) pane: Pane,
    /// Place in the list that is shown.
    pub(super) at: usize,
    /// First line of the pane.
    pub(super) scroll: u16,
    /// Which piece of evidence is shown.
    pub(super) evidence: usize,
    pub(super) form: Option<Form>,
    /// Only what holds this text; while it is typed, `searching`.
    pub(super) search: String,
    pub(super) searching: bool,
    pub(super) help: bool,
    /// What became of the last answer.
    pub(super) told: Option<String>,
    catalogue: &'static Catalogue,
}

impl Seat {
    pub(super) fn new(person: String, catalogue: &'static Catalogue) -> Self {
        Self {
            person,
            open: Vec::new(),
            answered: Vec::new(),
            list: List::Open,
            pane: Pane::Facts,
            at: 0,
            scroll: 0,
            evidence: 0,
            form: None,
            search: String::new(),
            searching: false,
            help: false,
            told: None,
            catalogue,
        }
    }

    /// Lays other questions and answers on the desk; the place stays as far as it can.
    pub(super) fn lay(&mut self, open: Vec<Question>, answered: Vec<Answered>) {
        self.open = open;
        self.answered = answered;
        self.at = self.at.min(self.listed().len().saturating_sub(1));
        self.scroll = 0;
        self.evidence = 0;
    }

    /// Places in `open` or `answered` that the search leaves.
    pub(super) fn listed(&self) -> Vec<usize> {
        let search = self.search.to_lowercase();
        let holds = |text: &str| search.is_empty() || text.to_lowercase().contains(&search);
        match self.list {
            List::Open => (0..self.open.len()).filter(|at| holds(self.open[*at].name())).collect(),
            List::Answered => {
                (0..self.answered.len()).filter(|at| holds(&self.answered[*at].decision.prompt)).collect()
            }
        }
    }

    /// The question under the cursor.
    pub(super) fn question(&self) -> Option<&Question> {
        let at = *self.listed().get(self.at)?;
        if self.list == List::Open { self.open.get(at) } else { None }
    }

    /// The answer under the cursor.
    pub(super) fn answer(&self) -> Option<&Answered> {
        let at = *self.listed().get(self.at)?;
        if self.list == List::Answered { self.answered.get(at) } else { None }
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: KeyEvent) -> Effect {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Effect::Leave,
                KeyCode::Char('u') => self.typing().map(String::clear).unwrap_or_default(),
                _ => {}
            }
            return Effect::None;
        }
        if self.help {
            self.help = false;
            return Effect::None;
        }
        self.told = None;
        if self.form.is_some() {
            return self.key_in_form(key.code);
        }
        if self.searching {
            self.key_in_search(key.code);
            return Effect::None;
        }
        match key.code {
            KeyCode::Char('q') => return Effect::Leave,
            KeyCode::Char('?') => self.help = true,
            KeyCode::Char('/') => self.searching = true,
            KeyCode::Esc => self.search.clear(),
            KeyCode::Tab | KeyCode::BackTab => self.turn(),
            KeyCode::Up | KeyCode::Char('k') => self.go(self.at.saturating_sub(1)),
            KeyCode::Down | KeyCode::Char('j') => self.go(self.at + 1),
            KeyCode::Home => self.go(0),
            KeyCode::End => self.go(usize::MAX),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll = self.scroll.saturating_add(10),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            KeyCode::Char('1') => self.show(Pane::Facts),
            KeyCode::Char('2') => self.show(Pane::Evidence),
            KeyCode::Char('3') => self.show(Pane::Changes),
            KeyCode::Right | KeyCode::Char(']') => self.turn_evidence(true),
            KeyCode::Left | KeyCode::Char('[') => self.turn_evidence(false),
            KeyCode::Enter => self.begin(),
            _ => {}
        }
        Effect::None
    }

    fn key_in_form(&mut self, code: KeyCode) -> Effect {
        let Some(form) = &mut self.form else { return Effect::None };
        match code {
            KeyCode::Esc if form.back() => {}
            KeyCode::Esc => self.form = None,
            KeyCode::Backspace => drop(form.typed.pop()),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_add(10),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            // More than a person types; a paste of a whole file is none.
            KeyCode::Char(character) if form.typed.len() < 4096 => form.typed.push(character),
            KeyCode::Enter => {
                if let Some(decision) = form.enter(&self.person) {
                    let decision = Box::new(decision);
                    let subject = self.form.take().map(|form| form.subject);
                    return match subject {
                        Some(Subject::Question(prompt)) => Effect::Answer(prompt, decision),
                        _ => Effect::Review(decision),
                    };
                }
            }
            _ => {}
        }
        Effect::None
    }

    fn key_in_search(&mut self, code: KeyCode) {
        match code {
            KeyCode::Enter => self.searching = false,
            KeyCode::Esc => {
                self.searching = false;
                self.search.clear();
            }
            KeyCode::Backspace => drop(self.search.pop()),
            KeyCode::Char(character) if self.search.len() < 100 => self.search.push(character),
            _ => {}
        }
        self.go(0);
    }

    /// What is being typed into.
    fn typing(&mut self) -> Option<&mut String> {
        match &mut self.form {
            Some(form) => Some(&mut form.typed),
            None => self.searching.then_some(&mut self.search),
        }
    }

    fn begin(&mut self) {
        let form = match self.list {
            List::Open => self.question().map(|question| {
                let unit = question.prompt.unit.as_deref();
                let procedure = unit.and_then(|unit| self.catalogue.procedure(unit));
                let fields: &'static [NoteField] = procedure.map_or(&[], |procedure| &procedure.note);
                Form::on(&question.prompt, fields)
            }),
            List::Answered => self.answer().map(|answer| Form::review_of(&answer.decision)),
        };
        self.form = form;
    }

    fn turn(&mut self) {
        self.list = if self.list == List::Open { List::Answered } else { List::Open };
        self.go(0);
    }

    fn go(&mut self, to: usize) {
        self.at = to.min(self.listed().len().saturating_sub(1));
        self.scroll = 0;
        self.evidence = 0;
    }

    fn show(&mut self, pane: Pane) {
        self.pane = pane;
        self.scroll = 0;
    }

    fn turn_evidence(&mut self, on: bool) {
        self.evidence = if on { self.evidence + 1 } else { self.evidence.saturating_sub(1) };
        self.scroll = 0;
    }
}
