//! Questions to people: put once, the answer written down before the next is put.

use std::collections::BTreeSet;
use std::path::Path;

use testcases::assess::{facts_of_override, open_prompts};
use testcases::guide::by_risk;
use testcases::{Decision, Note, Prompt, review};

use super::not_applied::{objection, takes};
use super::{Engine, Halt, RunError};
use crate::event::Event;
use crate::store::{Entry, read_bounded};

/// Largest attachment that is taken in (256 MiB).
const LARGEST_ATTACHMENT: u64 = 256 << 20;

impl Engine {
    /// Puts every open question of the assessment, and those that an answer opens in its turn.
    pub(super) async fn ask_open(&mut self) -> Result<(), Halt> {
        // An answer has to be there before it is reviewed.
        let (reviews, unasked): (Vec<Decision>, Vec<Decision>) =
            self.answers.unasked().into_iter().partition(|one| one.prompt.starts_with(review::PREFIX));
        self.take_unasked(unasked)?;
        let mut reviews = Some(reviews);
        let mut asked = BTreeSet::new();
        loop {
            let assessment = self.record.assess();
            let mut prompts: Vec<Prompt> = open_prompts(&assessment)
                .into_iter()
                .filter(|prompt| asked.insert((prompt.id.clone(), prompt.facts.clone())))
                .cloned()
                .collect();
            // What answers the worst incidents of the risk context is asked first.
            let order = by_risk::order(&self.record.declaration);
            prompts.sort_by_key(|prompt| {
                let provision = prompt.unit.as_deref().and_then(|unit| unit.rsplit_once('-'));
                provision.and_then(|(provision, _)| order.get(provision).copied()).unwrap_or(usize::MAX)
            });
            let mut answered = false;
            for prompt in prompts {
                answered |= self.ask(&prompt).await?.is_some();
            }
            if !answered && let Some(reviews) = reviews.take() {
                self.take_unasked(reviews)?;
                continue;
            }
            if !answered {
                let asked = asked.into_iter().map(|(id, _)| id).collect();
                self.note_unmatched(&asked);
                return Ok(());
            }
        }
    }

    /// Takes decisions that no question asks for.
    fn take_unasked(&mut self, unasked: Vec<Decision>) -> Result<(), RunError> {
        if unasked.is_empty() {
            return Ok(());
        }
        let assessment = self.record.assess();
        for decision in unasked {
            match self.objection_to_unasked(&decision, &assessment) {
                Some(why) => self.not_applied.add(&decision.prompt, why),
                None => drop(self.decided(decision)?),
            }
        }
        Ok(())
    }

    /// Puts one question; `None` if it stays open.
    pub(super) async fn ask(&mut self, prompt: &Prompt) -> Result<Option<Decision>, Halt> {
        if self.cancel.is_cancelled() {
            return Err(Halt::Cancelled);
        }
        self.listener.on(&Event::PromptOpen { prompt: Box::new(prompt.clone()) });
        let answers = self.answers.clone();
        let answer = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Halt::Cancelled),
            answer = answers.answer(prompt) => answer,
        };
        let Some(decision) = answer else { return Ok(None) };
        self.answered(prompt, decision)
    }

    /// Takes the answer to a question; `None` where it decides nothing, which is noted.
    pub(super) fn answered(
        &mut self,
        prompt: &Prompt,
        mut decision: Decision,
    ) -> Result<Option<Decision>, Halt> {
        decision.prompt.clone_from(&prompt.id);
        if let Some(why) = objection(prompt, &decision) {
            self.not_applied.add(&prompt.id, why);
            if !takes(&prompt.kind, &decision.answer) {
                // Nobody can say what it meant, so it is no answer.
                return Ok(None);
            }
        }
        if let Some(why) = self.objection_to_notes(prompt, &decision) {
            self.not_applied.add(&prompt.id, why);
            return Ok(None);
        }
        if decision.facts.is_empty() {
            decision.facts.clone_from(&prompt.facts);
        }
        if decision.facts == prompt.facts {
            self.keep_page(prompt)?;
        }
        Ok(self.decided(decision)?)
    }

    /// Keeps what the person was shown, so that whoever looks at a stale answer later sees it too. The journal names the
    /// page, so that one that was taken away is missed.
    fn keep_page(&mut self, prompt: &Prompt) -> Result<(), RunError> {
        let page = self.store.keep(&prompt.page_shown(), "json").map_err(RunError::Recording)?.reference;
        if self.record.named_evidence().contains(&page) {
            return Ok(());
        }
        self.note(Entry::Event {
            code: "page-shown".to_owned(),
            message: format!("What was shown with the question {}", prompt.id),
            evidence: vec![page],
        })
    }

    /// Why the notes of a decision do not fit the procedure of the unit; `None` if they do, or if it has none.
    pub(super) fn objection_to_notes(&self, prompt: &Prompt, decision: &Decision) -> Option<String> {
        let procedure = prompt.unit.as_deref().and_then(|unit| self.record.facts().catalogue.procedure(unit));
        let Some(procedure) = procedure else {
            let unasked = || {
                let keys: Vec<&str> = decision.notes.keys().map(String::as_str).collect();
                format!("this question takes no notes (note-unknown): {}", keys.join(", "))
            };
            return (!decision.notes.is_empty()).then(unasked);
        };
        let faults = procedure.faults(&decision.notes, decision.answer.as_text() == "yes");
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        (!faults.is_empty()).then(|| faults.join("; "))
    }

    /// Writes a decision down; `None` if the same one is in force already or its attachments cannot be had.
    pub(super) fn decided(&mut self, mut decision: Decision) -> Result<Option<Decision>, RunError> {
        let person = match decision.role {
            testcases::Role::Operator => &self.record.manifest.people.operator,
            _ => &self.record.manifest.people.assessor,
        };
        if decision.person.is_empty() {
            decision.person = person.clone().unwrap_or_default();
        }
        if !self.take_in_attachments(&mut decision)? {
            return Ok(None);
        }
        // A person who reverses a machine verdict has the one in mind that stands now, and no later one.
        if decision.facts.is_empty()
            && let Some(facts) = facts_of_override(&self.record.facts(), &decision.prompt)
        {
            decision.facts = facts;
        }
        if decision.facts.is_empty()
            && let Some(prompt) = decision.prompt.strip_prefix(review::PREFIX)
        {
            let reviewed = self.record.decisions.iter().rev().find(|answer| answer.prompt == prompt);
            decision.facts = reviewed.map(review::digest_of).unwrap_or_default();
        }
        let in_force = self.record.decisions.iter().rev().find(|earlier| earlier.prompt == decision.prompt);
        if in_force.is_some_and(|earlier| {
            decision.date.is_empty() && Decision { date: String::new(), ..earlier.clone() } == decision
                || *earlier == decision
        }) {
            return Ok(None);
        }
        if decision.date.is_empty() {
            let now = jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default();
            decision.date = now.to_string();
        }
        self.note(Entry::Decision(decision.clone()))?;
        self.listener.on(&Event::DecisionTaken {
            prompt: decision.prompt.clone(),
            answer: decision.answer.as_text(),
            person: decision.person.clone(),
        });
        Ok(Some(decision))
    }

    /// Files named by a decision become evidence; what they are is not believed.
    fn take_in_attachments(&mut self, decision: &mut Decision) -> Result<bool, RunError> {
        let noted = decision.notes.values_mut().flat_map(Note::files_mut);
        for attachment in decision.attachments.iter_mut().chain(noted) {
            if attachment.starts_with("sha256:") || attachment.starts_with("declaration:") {
                continue;
            }
            match read_bounded(Path::new(attachment.as_str()), LARGEST_ATTACHMENT) {
                Ok(bytes) => {
                    *attachment = self.store.keep(&bytes, "bin").map_err(RunError::Recording)?.reference;
                }
                Err(error) => {
                    let message = format!(
                        "the attachment of the decision on {} cannot be read, so the question stays open: {error}",
                        decision.prompt
                    );
                    self.trouble("attachment-unreadable", message, Vec::new())?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
