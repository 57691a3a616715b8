//! What lies on the desk: the open questions, and the answers that a second person may review.

use std::collections::BTreeMap;

use harness::probes::EvidenceRef;
use harness::testcases::assess::open_prompts;
use harness::testcases::prompt::Shown;
use harness::testcases::{Catalogue, Decision, DutState, Prompt, PromptKind, Role, review};
use harness::{OpenRecord, RunRecord};

/// A question that waits.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) prompt: Prompt,
    /// Equipment that its procedure asks for, by name in the catalogue.
    pub(super) equipment: Vec<String>,
    /// Evidence beside what is shown.
    pub(super) evidence: Vec<EvidenceRef>,
    /// An earlier answer that no longer counts.
    pub(super) earlier: Option<Earlier>,
}

/// An answer that no longer counts.
#[derive(Clone, Debug)]
pub(super) struct Earlier {
    pub(super) decision: Decision,
    /// What its person was shown; runs of earlier versions did not keep it.
    pub(super) shown: Option<Vec<Shown>>,
    /// The reviewer who objected.
    pub(super) objection: Option<Decision>,
}

/// An answer in force.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) decision: Decision,
    /// What its person was shown.
    pub(super) shown: Vec<Shown>,
    /// The review of it, where there is one.
    pub(super) review: Option<Decision>,
}

impl Answered {
    /// The question as it was put.
    pub(super) fn prompt(&self) -> Prompt {
        let id = self.decision.prompt.clone();
        let (head, item) = id.split_once('/').unwrap_or((id.as_str(), "-"));
        let item = item.split(['@', '#']).next().unwrap_or(item).to_owned();
        Prompt {
            unit: head.contains(':').then(|| head.to_owned()),
            item,
            state: None,
            sample: None,
            role: self.decision.role,
            kind: PromptKind::YesNo,
            shown: self.shown.clone(),
            prejudgement: None,
            facts: self.decision.facts.clone(),
            id,
        }
    }
}

/// The open questions, by state, then by equipment, then by unit.
pub(super) fn open(desk: &OpenRecord, takes: &dyn Fn(&str) -> bool) -> Vec<Question> {
    let record = desk.record();
    let assessment = record.assess();
    let catalogue = Catalogue::of(record.declaration.edition);
    let items = assessment.provisions.iter().flat_map(|provision| &provision.cases);
    let items = items.flat_map(|case| &case.units).flat_map(|unit| &unit.items);
    let evidence: BTreeMap<&str, &[EvidenceRef]> =
        items.filter_map(|item| Some((item.open.as_ref()?.id.as_str(), item.evidence.as_slice()))).collect();
    let mut questions: Vec<Question> = open_prompts(&assessment)
        .into_iter()
        .filter(|prompt| takes(&prompt.id))
        .map(|prompt| {
            let unit = prompt.unit.as_deref();
            let procedure = unit.and_then(|unit| catalogue.procedure(unit));
            Question {
                prompt: prompt.clone(),
                equipment: procedure.map(|procedure| procedure.equipment.clone()).unwrap_or_default(),
                evidence: evidence.get(prompt.id.as_str()).map(|found| found.to_vec()).unwrap_or_default(),
                earlier: earlier(desk, prompt),
            }
        })
        .collect();
    // The order of the units stays inside a group.
    questions.sort_by_key(Question::group);
    questions
}

impl Question {
    /// State and equipment.
    pub(super) fn group(&self) -> (Option<DutState>, Vec<String>) {
        (self.prompt.state, self.equipment.clone())
    }

    /// What it is about, in one word: the unit with its item, or the id.
    pub(super) fn name(&self) -> &str {
        &self.prompt.id
    }
}

/// The answers in force that a person gave, the last first.
pub(super) fn answered(desk: &OpenRecord) -> Vec<Answered> {
    let record = desk.record();
    let facts = record.facts();
    let open: Vec<String> =
        open_prompts(&record.assess()).into_iter().map(|prompt| prompt.id.clone()).collect();
    let mut seen = Vec::new();
    let mut answers = Vec::new();
    for decision in record.decisions.iter().rev() {
        let id = decision.prompt.as_str();
        let known = seen.contains(&id) || open.iter().any(|open| open == id);
        if known || decision.role == Role::Reviewer || decision.role == Role::Operator {
            continue;
        }
        seen.push(id);
        answers.push(Answered {
            shown: page(desk, &decision.facts).unwrap_or_default(),
            review: review::of(&facts, decision).cloned(),
            decision: decision.clone(),
        });
    }
    answers
}

fn earlier(desk: &OpenRecord, prompt: &Prompt) -> Option<Earlier> {
    let record: &RunRecord = desk.record();
    let decision = record.decisions.iter().rev().find(|decision| decision.prompt == prompt.id)?.clone();
    let objection =
        review::of(&record.facts(), &decision).filter(|review| review.answer.as_text() == "no").cloned();
    Some(Earlier { shown: page(desk, &decision.facts), objection, decision })
}

fn page(desk: &OpenRecord, facts: &str) -> Option<Vec<Shown>> {
    Prompt::shown_on(&desk.evidence(facts)?)
}

/// What was shown before and is not shown now, and the other way round; labels in the order of now.
pub(super) fn changes(before: &[Shown], now: &[Shown]) -> Vec<(String, Option<String>, Option<String>)> {
    let mut changes = Vec::new();
    let mut left: Vec<&Shown> = before.iter().collect();
    let mut come: Vec<&Shown> = Vec::new();
    for shown in now {
        match left.iter().position(|earlier| earlier.label == shown.label && earlier.text == shown.text) {
            Some(at) => drop(left.remove(at)),
            None => come.push(shown),
        }
    }
    for shown in come {
        let at = left.iter().position(|earlier| earlier.label == shown.label);
        let earlier = at.map(|at| left.remove(at).text.clone());
        changes.push((shown.label.clone(), earlier, Some(shown.text.clone())));
    }
    changes.extend(left.into_iter().map(|gone| (gone.label.clone(), Some(gone.text.clone()), None)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(label: &str, text: &str) -> Shown {
        Shown { label: label.to_owned(), text: text.to_owned(), source: None }
    }

    #[test]
    fn what_changed_came_or_went_is_told_once() {
        let before = [shown("a", "1"), shown("b", "2"), shown("c", "3")];
        let now = [shown("a", "1"), shown("b", "other"), shown("d", "4")];
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            changes(&before, &now),
            [
                ("b".to_owned(), text("2"), text("other")),
                ("d".to_owned(), None, text("4")),
                ("c".to_owned(), text("3"), None),
            ]
        );
        assert_eq!(changes(&before, &before), []);
    }
}
