//! Decisions of a script that decide nothing: each is named, with the reason and what may have been meant.

use std::collections::BTreeSet;

use testcases::assess::facts_of_override;
use testcases::assessment::Assessment;
use testcases::plan::{Step, glob_matches};
use testcases::{Answer, By, Decision, Prompt, PromptKind, Role, review};

use super::Engine;
use crate::event::Event;

const OVERRIDE: &str = "override/";
const NOT_APPLICABLE: &str = "not-applicable/";
/// Below this likeness (0 to 1) another id is no help.
const LIKE: f64 = 0.55;
/// Longest id in bytes that is compared with others: the comparison takes the square of it.
const LONGEST: usize = 200;

/// Decisions that were not applied so far: reasons, each with the ids that it holds for.
#[derive(Debug, Default)]
pub(super) struct NotApplied(Vec<(String, Vec<String>)>);

impl NotApplied {
    /// Adds one.
    pub(super) fn add(&mut self, prompt: &str, why: String) {
        match self.0.iter_mut().find(|(known, _)| *known == why) {
            Some((_, prompts)) if prompts.iter().any(|known| known == prompt) => {}
            Some((_, prompts)) => prompts.push(prompt.to_owned()),
            None => self.0.push((why, vec![prompt.to_owned()])),
        }
    }
}

/// Why an answer to a prompt decides nothing; `None` if it does.
pub(super) fn objection(prompt: &Prompt, decision: &Decision) -> Option<String> {
    if !takes(&prompt.kind, &decision.answer) {
        let answer = decision.answer.as_text();
        return Some(format!("the answer \"{answer}\" is not understood; {}", expected(&prompt.kind)));
    }
    if prompt.role != Role::Operator && decision.role == Role::Operator {
        return Some(
            "the role operator cannot answer a question to the assessor (decision-wrong-role)".to_owned(),
        );
    }
    (!decision.facts.is_empty() && decision.facts != prompt.facts)
        .then(|| "it was taken on other facts than those shown now (decision-stale)".to_owned())
}

/// Whether an answer is one that a prompt of this kind takes.
pub(super) fn takes(kind: &PromptKind, answer: &Answer) -> bool {
    match (kind, answer) {
        (PromptKind::YesNo, answer) => matches!(answer.as_text().as_str(), "yes" | "no" | "cannot-tell"),
        (PromptKind::Choice { options }, answer) => options.contains(&answer.as_text()),
        (PromptKind::Number { .. }, answer) => matches!(answer, Answer::Number(_)),
        (PromptKind::Text | PromptKind::File, _) => true,
    }
}

fn expected(kind: &PromptKind) -> String {
    match kind {
        PromptKind::YesNo => "write yes, no or cannot-tell".to_owned(),
        PromptKind::Choice { options } => format!("write one of {}", options.join(", ")),
        PromptKind::Number { unit } => format!("write a whole number of {unit}, without quotes"),
        PromptKind::Text | PromptKind::File => "write a text".to_owned(),
    }
}

impl Engine {
    /// Why a decision that nobody asks for cannot be applied; `None` if it can, or is asked for after all.
    pub(super) fn objection_to_unasked(
        &self,
        decision: &Decision,
        assessment: &Assessment,
    ) -> Option<String> {
        if let Some(reviewed) = decision.prompt.strip_prefix(review::PREFIX) {
            let mut earlier = self.record.decisions.iter().rev();
            return review::objection(decision, earlier.find(|answer| answer.prompt == reviewed));
        }
        if !decision.prompt.starts_with(OVERRIDE) {
            if let Some(open) = assessment.prompts.iter().find(|prompt| prompt.id == decision.prompt) {
                let unreasoned = decision.answer.as_text() == "yes" && decision.reason.trim().is_empty();
                return objection(open, decision).or_else(|| {
                    unreasoned
                        .then(|| "N/A on a mandatory provision is accepted with a reason only".to_owned())
                });
            }
            let known = self.record.decisions.iter().any(|earlier| earlier.prompt == decision.prompt);
            let ids = assessment.prompts.iter().map(|prompt| prompt.id.as_str());
            let ids: Vec<&str> = ids.filter(|id| id.starts_with(NOT_APPLICABLE)).collect();
            return (!known).then(|| {
                let why = "no mandatory provision of that id is stated as N/A";
                format!("{why}{}", meant(&decision.prompt, &ids))
            });
        }
        let Some(facts) = facts_of_override(&self.record.facts(), &decision.prompt) else {
            let ids = overridable(assessment);
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            return Some(format!("no result of the machine has this id{}", meant(&decision.prompt, &ids)));
        };
        let answer = decision.answer.as_text();
        if !matches!(answer.as_str(), "PASS" | "FAIL" | "INCONCLUSIVE") {
            return Some(format!(
                "the answer \"{answer}\" is not understood; write PASS, FAIL or INCONCLUSIVE"
            ));
        }
        if decision.role != Role::Assessor {
            return Some("only an assessor reverses what the machine says".to_owned());
        }
        if decision.reason.trim().is_empty() {
            return Some("a reversal needs a reason".to_owned());
        }
        (!decision.facts.is_empty() && decision.facts != facts)
            .then(|| "it was taken on another result than the one there is now (decision-stale)".to_owned())
    }

    /// Notes the decisions of the script that fit no question, once all that were open have been put.
    /// `asked` are the ids of those that were.
    pub(super) fn note_unmatched(&mut self, asked: &BTreeSet<String>) {
        let script = self.answers.scripted();
        if script.is_empty() {
            return;
        }
        let assessment = self.record.assess();
        let possible = self.possible_questions(asked, &assessment);
        let ids: Vec<&str> = possible.iter().map(String::as_str).collect();
        for decision in script {
            let pattern = decision.prompt.contains('*');
            if !pattern
                && [OVERRIDE, NOT_APPLICABLE, review::PREFIX]
                    .iter()
                    .any(|kind| decision.prompt.starts_with(kind))
            {
                // Seen when it was taken.
                continue;
            }
            if !ids.iter().any(|id| glob_matches(&decision.prompt, id)) {
                let why = self.why_unmatched(&decision, &ids, &assessment);
                self.not_applied.add(&decision.prompt, why);
            } else if !pattern
                && !asked.contains(&decision.prompt)
                && let Some(earlier) = self.answered_otherwise(&decision)
            {
                self.not_applied.add(&decision.prompt, earlier);
            }
        }
    }

    /// Tells what was noted.
    pub(super) fn tell_not_applied(&mut self) {
        for (why, prompts) in std::mem::take(&mut self.not_applied).0 {
            let others = prompts.len() - 1;
            let Some(prompt) = prompts.into_iter().next() else { continue };
            self.listener.on(&Event::DecisionNotApplied { prompt, why, others });
        }
    }

    /// Ids of the questions that were put in this run or may be put in it: those of the bench depend on what
    /// it can do by itself.
    fn possible_questions(&self, asked: &BTreeSet<String>, assessment: &Assessment) -> BTreeSet<String> {
        let actions = self.record.plan.steps.iter().filter_map(|step| match step {
            Step::Enter { state, .. } => Some(format!("action/{}", state.as_str())),
            Step::Observe { .. } => None,
        });
        let identities = self.record.manifest.samples.iter().map(|sample| format!("identity/{sample}"));
        let open = testcases::assess::open_prompts(assessment).into_iter().map(|prompt| prompt.id.clone());
        let decided = self.record.decisions.iter().map(|decision| decision.prompt.clone());
        asked.iter().cloned().chain(open).chain(decided).chain(actions).chain(identities).collect()
    }

    fn why_unmatched(&self, decision: &Decision, ids: &[&str], assessment: &Assessment) -> String {
        let prompt = decision.prompt.as_str();
        if prompt.starts_with(OVERRIDE) {
            return "a reversal names one result by its id, no pattern".to_owned();
        }
        let reversal = format!("{OVERRIDE}{prompt}");
        if overridable(assessment).contains(&reversal) {
            return format!("the machine decides this; an assessor reverses it by \"{reversal}\"");
        }
        if let Some((_, state)) = prompt.split_once("~")
            && prompt.starts_with("action/")
            && state.parse::<u32>().is_ok()
        {
            return "the state was not entered so many times".to_owned();
        }
        format!("no question of this run has this id{}", meant(prompt, ids))
    }

    /// An exact id whose question has another answer already: it is not put again.
    fn answered_otherwise(&self, decision: &Decision) -> Option<String> {
        let earlier = self.record.decisions.iter().rev().find(|earlier| earlier.prompt == decision.prompt)?;
        (earlier.answer != decision.answer).then(|| {
            format!(
                "the question was answered with \"{}\" before and is no longer open",
                earlier.answer.as_text()
            )
        })
    }
}

/// Ids by which the results of the machine can be reversed.
fn overridable(assessment: &Assessment) -> Vec<String> {
    let cases = assessment.provisions.iter().flat_map(|provision| &provision.cases);
    cases
        .flat_map(|case| &case.units)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit, item)))
        .filter(|(_, item)| item.by == By::Machine || item.overridden.is_some())
        .map(|(unit, item)| {
            let id = Prompt::id_of(&unit.id, &item.item, item.state, item.sample.as_deref());
            format!("{OVERRIDE}{id}")
        })
        .collect()
}

/// "; did you mean …" where an id is like the one written.
fn meant(written: &str, known: &[&str]) -> String {
    nearest(written, known).map_or_else(String::new, |near| format!("; the nearest is \"{near}\""))
}

/// The id of the same unit or kind (up to the last `/`) that is most like the one written, else the one of
/// all that is, if it is like it at all.
fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    if written.len() > LONGEST {
        return None;
    }
    let likeness = |id: &str| strsim::normalized_damerau_levenshtein(written, id);
    let most_like = |ids: &mut dyn Iterator<Item = &'k str>| {
        ids.filter(|id| id.len() <= LONGEST)
            .map(|id| (likeness(id), id))
            // The first of several that are equally like.
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
    };
    let unit = |id: &str| {
        let rest = id.strip_prefix(OVERRIDE);
        let unit = rest.unwrap_or(id).split('/').next().unwrap_or_default().to_owned();
        (rest.is_some(), unit)
    };
    let own = unit(written);
    let mut same = known.iter().copied().filter(|id| unit(id) == own);
    if let Some((_, id)) = most_like(&mut same) {
        return Some(id);
    }
    most_like(&mut known.iter().copied()).filter(|(likeness, _)| *likeness >= LIKE).map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_of_the_same_unit_where_there_is_one() {
        let known = [
            "5.1-1-1:a/AuthMech-Setup",
            "5.1-1-1:b/AuthMech-WebLogin",
            "override/5.1-5-2:b/AuthMech-WebLogin@initialized#S1",
            "override/5.1-5-2:b/AuthMech-Setup@initialized#S1",
            "companion/AuthMech-WebLogin",
        ];
        for (written, near) in [
            ("5.1-1-1:a/AuthMech-WebLogin", Some(known[0])),
            ("5.1-1-1:b/AuthMech-WebLogn", Some(known[1])),
            ("override/5.1-5-2:b/AuthMech-WebLogin", Some(known[2])),
            ("companions/AuthMech-WebLogin", Some(known[4])),
            ("nothing of the kind", None),
        ] {
            assert_eq!(nearest(written, &known), near, "{written}");
        }
    }

    #[test]
    fn each_kind_takes_its_own_answers() {
        let text = |text: &str| Answer::Text(text.to_owned());
        let choice = PromptKind::Choice { options: vec!["left".to_owned()] };
        let number = PromptKind::Number { unit: "s".to_owned() };
        for (kind, answer, fits) in [
            (&PromptKind::YesNo, text("cannot-tell"), true),
            (&PromptKind::YesNo, text("maybe"), false),
            (&PromptKind::YesNo, text("Yes"), false),
            (&choice, text("left"), true),
            (&choice, text("right"), false),
            (&number, Answer::Number(3), true),
            (&number, text("three"), false),
            (&PromptKind::Text, text("anything"), true),
        ] {
            assert_eq!(takes(kind, &answer), fits, "{kind:?} {answer:?}");
        }
    }

    #[test]
    fn the_same_reason_is_told_once() {
        let mut noted = NotApplied::default();
        for prompt in ["a", "b", "c"] {
            noted.add(prompt, "x".to_owned());
            noted.add(prompt, "x".to_owned());
        }
        noted.add("d", "y".to_owned());
        let told: Vec<(&str, usize)> =
            noted.0.iter().map(|(why, prompts)| (why.as_str(), prompts.len())).collect();
        assert_eq!(told, [("x", 3), ("y", 1)]);
    }
}
