//! A record that is open for decisions, in whatever order a person takes them.

use std::path::Path;
use std::sync::Arc;

use testcases::{Decision, Note, Prompt};
use tokio_util::sync::CancellationToken;

use super::not_applied::objection;
use super::{Engine, Halt, RunError, RunOutcome};
use crate::answers::NoAnswers;
use crate::event::Listener;
use crate::store::{RunRecord, RunStore};

/// A record that takes decisions one by one; each is on disk before the next.
pub struct OpenRecord {
    engine: Engine,
    /// Its steps were stopped; only `resume` ends it.
    interrupted: bool,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is written down.
    Kept,
    /// The same answer is in force already.
    Unchanged,
    /// It decides nothing, and why.
    Refused(String),
}

impl OpenRecord {
    /// Opens a run folder and keeps it locked.
    ///
    /// # Errors
    /// There is no run, it is broken, or another process has it.
    pub fn open(folder: &Path, listener: Arc<dyn Listener>) -> Result<Self, RunError> {
        let (store, record) = RunStore::open(folder).map_err(RunError::Folder)?;
        let control = Arc::new(crate::bench::CommandBench::new(&ixit::Bench::default(), ""));
        let (answers, cancel) = (Arc::new(NoAnswers), CancellationToken::new());
        let engine = Engine::new(store, record, None, control, answers, listener, cancel);
        let interrupted = engine.record.steps_were_stopped();
        Ok(Self { engine, interrupted })
    }

    /// The record as it stands.
    pub fn record(&self) -> &RunRecord {
        &self.engine.record
    }

    /// The bytes of a piece of evidence.
    pub fn evidence(&self, reference: &str) -> Option<Vec<u8>> {
        self.engine.store.evidence(reference)
    }

    /// Takes the answer to an open question.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn answer(&mut self, prompt: &Prompt, decision: Decision) -> Result<Taken, RunError> {
        let unreadable = unreadable(&decision);
        let why = objection(prompt, &decision)
            .or_else(|| self.engine.objection_to_notes(prompt, &decision))
            .or(unreadable);
        if let Some(why) = why {
            return Ok(Taken::Refused(why));
        }
        match self.engine.answered(prompt, decision) {
            Ok(Some(_)) => Ok(Taken::Kept),
            Ok(None) | Err(Halt::Cancelled | Halt::Identity) => Ok(Taken::Unchanged),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    /// Takes a decision that no question asks for: `override/…`, `not-applicable/…`, `review/…`.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn decide(&mut self, decision: Decision) -> Result<Taken, RunError> {
        let assessment = self.engine.record.assess();
        let why = self.engine.objection_to_unasked(&decision, &assessment).or_else(|| unreadable(&decision));
        if let Some(why) = why {
            return Ok(Taken::Refused(why));
        }
        Ok(self.engine.decided(decision)?.map_or(Taken::Unchanged, |_| Taken::Kept))
    }

    /// Writes the assessment, as `decide` does at its end.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn close(self) -> Result<RunOutcome, RunError> {
        if self.interrupted {
            self.engine.stop("stopped while questions were put")
        } else {
            self.engine.finish()
        }
    }
}

/// Which file of a decision cannot be read.
fn unreadable(decision: &Decision) -> Option<String> {
    let noted = decision.notes.values().flat_map(Note::files);
    let files = decision.attachments.iter().map(String::as_str).chain(noted);
    let mut missing = files.filter(|file| {
        !file.starts_with("sha256:") && !file.starts_with("declaration:") && !Path::new(file).is_file()
    });
    let missing = missing.next()?;
    Some(format!("the file {missing} cannot be read; name one that is there, relative to where hantei runs"))
}
