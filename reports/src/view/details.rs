//! Results by provision, case and unit. Items of a unit with the same outcome stand together, so that
//! what differs is seen; what a person passed takes a line, what fails takes the room it needs.

use serde::Serialize;
use testcases::assessment::{CaseResult, EffortRecord, ItemRecord, ProvisionResult, UnitResult};
use testcases::catalogue::{Basis, Kind};
use testcases::{Decision, Verdict};

use super::annex::{Annex, Link};
use super::questions::question_anchor;
use super::{Badge, anchor, badge, blame_words, by_words, place_words, rests_on_words, role_words};
use crate::ReportInput;
use crate::effort::{Phrase, say};
use crate::words::Words;

/// A scenario with its provisions.
#[derive(Debug, Serialize)]
pub(super) struct Scenario {
    id: String,
    title: String,
    provisions: Vec<Provision>,
}

#[derive(Debug, Serialize)]
struct Provision {
    id: String,
    anchor: String,
    title: String,
    text: String,
    status: String,
    support: String,
    detail: Option<String>,
    badge: Badge,
    note: Option<String>,
    decided: String,
    cases: Vec<Case>,
}

#[derive(Debug, Serialize)]
struct Case {
    id: String,
    kind: String,
    purpose: String,
    badge: Badge,
    conditions: Vec<Condition>,
    units: Vec<Unit>,
}

#[derive(Debug, Serialize)]
struct Condition {
    badge: Badge,
    text: String,
    basis: String,
    units: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Unit {
    id: String,
    anchor: String,
    pub(super) step: String,
    pub(super) badge: Badge,
    by: Option<String>,
    rests_on: Option<String>,
    why: Option<String>,
    pub(super) outcomes: Vec<Outcome>,
}

/// What one or more items of a unit came to.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    badge: Badge,
    /// The unit has more than one outcome, so each says its verdict.
    several: bool,
    /// A line is enough: a person passed it, or it waits for one.
    brief: bool,
    subjects: Vec<Subject>,
    reason: String,
    code: String,
    question: Option<String>,
    expected: Option<String>,
    sources: Vec<String>,
    actual: Option<String>,
    by: String,
    rests_on: String,
    blame: Option<String>,
    efforts: Vec<Effort>,
    vacuous: bool,
    overridden: Option<String>,
    decision: Option<String>,
    evidence: Vec<Link>,
}

/// An item and the states and samples it was judged in.
#[derive(Debug, Serialize)]
struct Subject {
    name: String,
    places: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Effort {
    pub(crate) what: Phrase,
    pub(crate) numbers: String,
}

pub(super) fn scenarios(input: &ReportInput<'_>, words: &Words, annex: &mut Annex) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for provision in &input.assessment.provisions {
        let id = provision.id.rsplit_once('-').map_or(provision.id.as_str(), |(scenario, _)| scenario);
        if scenarios.last().is_none_or(|scenario| scenario.id != id) {
            scenarios.push(Scenario {
                id: id.to_owned(),
                title: words.texts().scenarios.get(id).cloned().unwrap_or_default(),
                provisions: Vec::new(),
            });
        }
        if let Some(scenario) = scenarios.last_mut() {
            scenario.provisions.push(provision_view(input, words, annex, provision));
        }
    }
    scenarios
}

fn provision_view(
    input: &ReportInput<'_>,
    words: &Words,
    annex: &mut Annex,
    provision: &ProvisionResult,
) -> Provision {
    let units: Vec<&UnitResult> = provision.cases.iter().flat_map(|case| &case.units).collect();
    let planned = units.iter().filter(|unit| unit.planned).count();
    let decided = units.iter().filter(|unit| unit.planned && unit.verdict != Verdict::Inconclusive).count();
    let left_out = units.iter().all(|unit| unit.items.is_empty() && unit.why.is_some());
    let why = provision
        .why
        .as_deref()
        .or_else(|| units.iter().find_map(|unit| unit.why.as_deref()).filter(|_| left_out));
    let text = words.texts().provisions.get(&provision.id);
    Provision {
        id: provision.id.clone(),
        anchor: anchor("p", &provision.id),
        title: words.provision_title(&provision.id).to_owned(),
        text: text.map_or_else(String::new, |text| text.text.clone()),
        status: provision.status.clone(),
        support: provision.support.clone().unwrap_or_else(|| words.ui("not-stated").to_owned()),
        detail: provision.detail.clone().filter(|detail| !detail.is_empty()),
        badge: badge(words, provision.verdict),
        note: match (&provision.reason, why) {
            (Some(reason), _) => Some(words.reason(reason).text),
            (None, Some(why)) => Some(words.why(why)),
            (None, None) => None,
        },
        decided: if planned == 0 { "–".to_owned() } else { format!("{decided}/{planned}") },
        cases: if provision.planned && !left_out {
            provision.cases.iter().map(|case| case_view(input, words, annex, case)).collect()
        } else {
            Vec::new()
        },
    }
}

fn case_view(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, case: &CaseResult) -> Case {
    let text = words.texts().cases.get(&case.id);
    let kind = match case.kind {
        Kind::Conceptual => "conceptual",
        Kind::Functional => "functional",
        Kind::Both => "both",
    };
    Case {
        id: case.id.clone(),
        kind: words.ui(kind).to_owned(),
        purpose: text.map_or_else(String::new, |text| text.purpose.clone()),
        badge: badge(words, case.verdict),
        conditions: case
            .conditions
            .iter()
            .map(|condition| Condition {
                badge: badge(words, condition.verdict),
                text: text.and_then(|text| text.condition.get(&condition.c)).cloned().unwrap_or_default(),
                basis: words
                    .ui(match condition.basis {
                        Basis::Shown => "basis-shown",
                        Basis::NoIndication => "basis-no-indication",
                    })
                    .to_owned(),
                units: condition.units.join(", "),
            })
            .collect(),
        units: case.units.iter().map(|unit| unit_view(input, words, annex, unit)).collect(),
    }
}

pub(super) fn unit_view(
    input: &ReportInput<'_>,
    words: &Words,
    annex: &mut Annex,
    unit: &UnitResult,
) -> Unit {
    let mut groups: Vec<Vec<&ItemRecord>> = Vec::new();
    for item in &unit.items {
        match groups.iter_mut().find(|group| same_outcome(words, group[0], item)) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    let several = groups.len() > 1;
    Unit {
        id: unit.id.clone(),
        anchor: anchor("u", &unit.id),
        step: words.texts().units.get(&unit.id).map_or_else(String::new, |text| text.step.clone()),
        badge: badge(words, unit.verdict),
        by: unit.by.map(|by| by_words(words, by)),
        rests_on: unit.rests_on.map(|rests_on| rests_on_words(words, rests_on)),
        why: unit.why.as_deref().map(|why| words.why(why)),
        outcomes: groups.iter().map(|group| outcome(input, words, annex, &unit.id, group, several)).collect(),
    }
}

/// Two items may stand together if a reader would read the same twice.
fn same_outcome(words: &Words, one: &ItemRecord, other: &ItemRecord) -> bool {
    let signed = |item: &ItemRecord| {
        item.decision.as_ref().map(|decision| {
            (decision.person.clone(), decision.role, day(&decision.date).to_owned(), noted(decision))
        })
    };
    let words_of = |item: &ItemRecord| {
        let reason = words.reason(&item.reason);
        // A state in the sentence is said beside the item.
        let state = item.state.map(|state| words.ui(&format!("state-{}", state.as_str())).to_owned());
        let without = |text: String| match &state {
            Some(state) => text.replace(state.as_str(), "…"),
            None => text,
        };
        (without(reason.text), reason.expected, reason.actual.map(without))
    };
    one.verdict == other.verdict
        && one.reason.code == other.reason.code
        && (one.by, one.rests_on, one.blame) == (other.by, other.rests_on, other.blame)
        && (one.vacuous, one.overridden) == (other.vacuous, other.overridden)
        && one.open.is_some() == other.open.is_some()
        && signed(one) == signed(other)
        && words_of(one) == words_of(other)
}

fn outcome(
    input: &ReportInput<'_>,
    words: &Words,
    annex: &mut Annex,
    unit: &str,
    items: &[&ItemRecord],
    several: bool,
) -> Outcome {
    let first = items[0];
    let reason = words.reason(&first.reason);
    let waits = first.open.is_some();
    let passed_by_person = first.verdict == Verdict::Pass && first.decision.is_some();
    let mut sources: Vec<String> = Vec::new();
    let mut efforts: Vec<Effort> = Vec::new();
    for item in items {
        push_source(&mut sources, item);
        if let Some(effort) = item.effort.as_ref().map(|effort| effort_words(words, effort))
            && !efforts.contains(&effort)
        {
            efforts.push(effort);
        }
    }
    Outcome {
        badge: badge(words, first.verdict),
        several,
        brief: (waits || passed_by_person) && first.overridden.is_none() && efforts.is_empty(),
        subjects: subjects(words, items.iter().copied()),
        reason: across_states(words, items, reason.text),
        code: first.reason.code.clone(),
        question: waits.then(|| question_anchor(unit)),
        expected: reason.expected,
        sources,
        actual: reason.actual.map(|text| across_states(words, items, text)),
        by: by_words(words, first.by),
        rests_on: rests_on_words(words, first.rests_on),
        blame: first.blame.filter(|_| first.verdict != Verdict::Pass).map(|blame| blame_words(words, blame)),
        efforts,
        vacuous: first.vacuous,
        overridden: first.overridden.map(|verdict| badge(words, verdict).text),
        decision: first.decision.as_ref().map(|decision| {
            words
                .ui("decision-line")
                .replace("{role}", &role_words(words, decision.role))
                .replace("{date}", day(&decision.date))
                .replace("{person}", &decision.person)
                + &noted(decision)
        }),
        evidence: annex.links(input, words, unit, items.iter().flat_map(|item| &item.evidence)),
    }
}

/// What the person noted, behind the name; files are among the evidence.
pub(crate) fn noted(decision: &Decision) -> String {
    decision.notes.iter().map(|(key, note)| format!(" · {key}: {}", note.line())).collect()
}

/// A sentence about the first item, said of the states of all of them.
pub(super) fn across_states(words: &Words, items: &[&ItemRecord], text: String) -> String {
    let mut states: Vec<&str> = Vec::new();
    for state in items.iter().filter_map(|item| item.state) {
        let said = words.phrases().get(&format!("state-{}", state.as_str())).map_or("", String::as_str);
        if !states.contains(&said) {
            states.push(said);
        }
    }
    match states[..] {
        [] | [_] => text,
        [first, ..] => text.replace(first, &states.join(", ")),
    }
}

/// Adds where an expectation comes from, unless it is the unit's own criterion.
pub(super) fn push_source(sources: &mut Vec<String>, item: &ItemRecord) {
    let source = item.reason.expected.as_ref().and_then(|expected| expected.source.as_deref());
    if let Some(source) = source.filter(|source| *source != "criterion") {
        let source = source.strip_prefix("declaration:").unwrap_or(source);
        if !sources.iter().any(|known| known == source) {
            sources.push(source.to_owned());
        }
    }
}

/// Items by name, each with its states and samples.
fn subjects<'a>(words: &Words, items: impl Iterator<Item = &'a ItemRecord>) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for item in items {
        let place = place_words(words, item.state, item.sample.as_deref());
        if item.item == "-" && place.is_empty() {
            continue;
        }
        let name = if item.item == "-" { String::new() } else { item.item.clone() };
        let index = subjects.iter().position(|subject| subject.name == name).unwrap_or_else(|| {
            subjects.push(Subject { name, places: Vec::new() });
            subjects.len() - 1
        });
        let places = &mut subjects[index].places;
        if !place.is_empty() && !places.contains(&place) {
            places.push(place);
        }
    }
    subjects
}

pub(crate) fn effort_words(words: &Words, effort: &EffortRecord) -> Effort {
    Effort {
        what: say(words, &effort.what),
        numbers: words
            .ui("effort-numbers")
            .replace("{completed}", &effort.completed.to_string())
            .replace("{attempted}", &effort.attempted.to_string())
            .replace("{seconds}", &format!("{:.1}", effort.seconds)),
    }
}

/// The day of a date and time; the full time stands in the assessment.
pub(crate) fn day(date: &str) -> &str {
    date.split_once('T').map_or(date, |(day, _)| day)
}
