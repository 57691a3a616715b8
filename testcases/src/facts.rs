//! All that a judge may know: declaration, observations, decisions, catalogue, assessment date.

use ixit::{Declaration, Diagnostic, Row};
use jiff::civil::Date;
use probes::{EvidenceRef, Observation, Outcome};

use crate::catalogue::{Catalogue, Unit};
use crate::decision::{Decision, Role};
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::{Prompt, PromptKind, Shown};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;
use ixit::Blame;

/// An observation of this run with its digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The observation.
    pub observation: Observation,
    /// `sha256:…` of its stored bytes.
    pub reference: String,
}

impl Recorded {
    /// Names an observation by its own bytes.
    pub fn new(observation: Observation) -> Self {
        let reference = probes::observation::digest(&observation.to_bytes());
        Self { observation, reference }
    }

    /// Evidence at a place in it.
    pub fn at(&self, place: impl Into<String>) -> EvidenceRef {
        EvidenceRef { reference: self.reference.clone(), at: place.into() }
    }

    /// DUT state in which it was made.
    pub fn state(&self) -> Option<DutState> {
        DutState::ALL.iter().copied().find(|state| state.as_str() == self.observation.context.state)
    }

    /// Sample.
    pub fn sample(&self) -> &str {
        &self.observation.context.sample
    }

    /// Whether the probe did all that was asked.
    pub fn complete(&self) -> bool {
        self.observation.outcome == Outcome::Complete
    }
}

/// Everything a judgement is a function of.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Catalogue of the edition.
    pub catalogue: &'a Catalogue,
    /// The supplier's declaration.
    pub declaration: &'a Declaration,
    /// What is wrong with the declaration.
    pub diagnostics: &'a [Diagnostic],
    /// What was observed, in order.
    pub observations: &'a [Recorded],
    /// What was decided, in order; a later decision supersedes an earlier one.
    pub decisions: &'a [Decision],
    /// Assessment date.
    pub date: Date,
    /// By what cryptography is judged.
    pub crypto: &'a crate::crypto::Policy,
    /// The laboratory lets no answer count that a second person has not reviewed.
    pub review_required: bool,
}

impl<'a> Facts<'a> {
    /// Observations of a probe, in order.
    pub fn observed(&self, probe: &'a str) -> impl Iterator<Item = &'a Recorded> {
        self.observations.iter().filter(move |recorded| recorded.observation.probe == probe)
    }

    /// Observations of a probe with their typed result; those of another shape are left out.
    pub fn results<T: serde::de::DeserializeOwned>(&self, probe: &'a str) -> Vec<(&'a Recorded, T)> {
        self.observed(probe)
            .filter_map(|recorded| Some((recorded, recorded.observation.read::<T>()?)))
            .collect()
    }

    /// The rows that a unit is applied to, and whether some row could not be classified because its
    /// companion is missing. See [`crate::selection`].
    pub fn selected(&self, unit: &Unit) -> crate::selection::Selected<'a> {
        crate::selection::select(self.declaration, unit)
    }

    /// A row by id.
    pub fn row(&self, id: &str) -> Option<(&'a str, &'a Row)> {
        self.declaration.ixit.row(id)
    }

    /// Puts a question to a person, and gives the result of the answer where there is one.
    ///
    /// `prejudgement` is what the machine makes of the facts shown; it never decides.
    pub fn ask(&self, mut question: Question) -> ItemResult {
        if let Some(unit) = self.catalogue.unit(&question.unit) {
            question.shown.extend(crate::published::documents::beside(self, unit, &question.item));
        }
        let id = Prompt::id_of(&question.unit, &question.item, question.state, question.sample.as_deref());
        let kind = PromptKind::YesNo;
        let facts = Prompt::digest(&id, &kind, &question.shown);
        let by = question.by;
        let mut evidence: Vec<EvidenceRef> = Vec::new();
        for shown in &question.shown {
            if let Some(source) = &shown.source {
                let reference = EvidenceRef { reference: source.clone(), at: String::new() };
                if !evidence.contains(&reference) {
                    evidence.push(reference);
                }
            }
        }
        let mut result = ItemResult::machine(
            &question.item,
            Verdict::Inconclusive,
            question.rests_on,
            Reason::new("waits-for-assessor"),
        );
        result.by = by;
        result.state = question.state;
        result.sample.clone_from(&question.sample);
        result.evidence = evidence;
        result.blame = Some(Blame::Lab);
        let prompt = Prompt {
            id,
            unit: Some(question.unit),
            item: question.item,
            state: question.state,
            sample: question.sample,
            role: question.role,
            kind,
            shown: question.shown,
            prejudgement: question.prejudgement,
            facts,
        };
        match self.decision_on(&prompt) {
            None => {
                if let Some(decision) = self.decision(&prompt.id) {
                    result.reason = Reason::new("decision-wrong-role")
                        .with("answer", decision.answer.as_text())
                        .with("person", &decision.person);
                }
                result.open = Some(prompt);
            }
            Some(decision) if decision.facts != prompt.facts => {
                result.reason = Reason::new("decision-stale")
                    .with("answer", decision.answer.as_text())
                    .with("person", &decision.person);
                result.open = Some(prompt);
            }
            Some(decision) => {
                let answer = decision.answer.as_text();
                let procedure = prompt.unit.as_deref().and_then(|unit| self.catalogue.procedure(unit));
                let lacking = procedure
                    .map_or_else(Vec::new, |procedure| procedure.faults(&decision.notes, answer == "yes"));
                if !lacking.is_empty() {
                    let lacking: Vec<String> = lacking.iter().map(ToString::to_string).collect();
                    result.reason = Reason::new("notes-incomplete")
                        .with("answer", &answer)
                        .with("person", &decision.person)
                        .with("lacking", lacking.join("; "));
                    result.open = Some(prompt);
                    return result;
                }
                let (verdict, code, blame) = match answer.as_str() {
                    "yes" => (Verdict::Pass, "assessor-says-yes", None),
                    "no" => (Verdict::Fail, "assessor-says-no", Some(question.blame)),
                    _ => (Verdict::Inconclusive, "assessor-cannot-tell", Some(Blame::Lab)),
                };
                result.verdict = verdict;
                result.blame = blame;
                result.reason = Reason::new(code)
                    .with("person", &decision.person)
                    .with("reason", &decision.reason)
                    .expected_by("criterion");
                result.evidence.extend(
                    decision
                        .attachments
                        .iter()
                        .map(|attachment| EvidenceRef { reference: attachment.clone(), at: String::new() }),
                );
                for (key, note) in &decision.notes {
                    let file = |file: &str| EvidenceRef { reference: file.to_owned(), at: key.clone() };
                    result.evidence.extend(note.files().into_iter().map(file));
                }
                if result.evidence.is_empty() {
                    result.evidence.push(EvidenceRef {
                        reference: format!("decision:{}", prompt.id),
                        at: String::new(),
                    });
                }
                result.decision = Some(decision.clone());
                crate::review::apply(self, &prompt, decision, &mut result);
            }
        }
        result
    }

    /// The last decision on a prompt, whoever took it.
    pub fn decision(&self, prompt: &str) -> Option<&'a Decision> {
        self.decision_by(prompt, |_| true)
    }

    /// The decision in force on a prompt: the last one of a person who may answer it. What an operator says
    /// to a question for the assessor is no decision and supersedes none.
    pub fn decision_on(&self, prompt: &Prompt) -> Option<&'a Decision> {
        self.decision_by(&prompt.id, |decision| {
            prompt.role == Role::Operator || decision.role != Role::Operator
        })
    }

    /// The last decision on a prompt that counts; it supersedes the earlier ones.
    pub fn decision_by(&self, prompt: &str, counts: impl Fn(&Decision) -> bool) -> Option<&'a Decision> {
        self.decisions.iter().rev().find(|decision| decision.prompt == prompt && counts(decision))
    }

    /// What is shown of a row: the fields that a unit reads in its table, or all of them.
    pub fn shown_of_row(&self, unit: &Unit, table: &str, row: &Row) -> Vec<Shown> {
        let wanted: Vec<&str> =
            unit.reads.iter().filter_map(|read| read.strip_prefix(table)?.strip_prefix('.')).collect();
        row.fields
            .iter()
            .filter(|(key, _)| wanted.is_empty() || *key == "description" || wanted.contains(&key.as_str()))
            .map(|(key, value)| Shown {
                label: format!("{table}.{key}"),
                text: value.value.display(),
                source: Some(row.reference(table, key)),
            })
            .collect()
    }

    /// What is shown of the forms that a unit reads (`user_info`, `conf`, `repl_sup`).
    pub fn shown_of_forms(&self, unit: &Unit) -> Vec<Shown> {
        let mut shown = Vec::new();
        for read in &unit.reads {
            let Some((table, key)) = read.split_once('.') else { continue };
            let Some(form) = self.declaration.ixit.form(table) else { continue };
            if let Some(value) = form.fields.get(key) {
                shown.push(Shown {
                    label: read.clone(),
                    text: value.value.display(),
                    source: Some(form.reference(table, key)),
                });
            }
        }
        shown
    }
}

/// A question to be put, see [`Facts::ask`].
#[derive(Clone, Debug)]
pub struct Question {
    /// Unit.
    pub unit: String,
    /// Item.
    pub item: String,
    /// State, where it matters.
    pub state: Option<DutState>,
    /// Sample, where it matters.
    pub sample: Option<String>,
    /// Who may answer.
    pub role: Role,
    /// `Assisted` or `Assessor`.
    pub by: By,
    /// On what the answer rests.
    pub rests_on: RestsOn,
    /// Who has to act if the answer is no.
    pub blame: Blame,
    /// What is shown.
    pub shown: Vec<Shown>,
    /// What the machine thinks.
    pub prejudgement: Option<Verdict>,
}

impl Question {
    /// A question on an item of a unit, for the assessor, with nothing shown yet.
    pub fn on(unit: &Unit, item: &str) -> Self {
        let conceptual = unit.kind == crate::catalogue::Kind::Conceptual;
        Self {
            unit: unit.id.clone(),
            item: item.to_owned(),
            state: None,
            sample: None,
            role: Role::Assessor,
            by: By::Assessor,
            rests_on: if conceptual { RestsOn::Document } else { RestsOn::Observed },
            blame: if conceptual { Blame::Documentation } else { Blame::Device },
            shown: Vec::new(),
            prejudgement: None,
        }
    }
}
