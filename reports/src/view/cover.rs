//! The first page, for somebody who reads no other: what decides, who tested when, what is open. It fits on one sheet
//! whatever was found, so long lists and long sentences are cut, and say where the rest stands.

use serde::Serialize;
use testcases::{RestsOn, Role, Verdict};

use super::annex::Link;
use super::findings::{Concerned, Finding};
use super::{Badge, Fact, fact};
use crate::ReportInput;
use crate::figures::svg::fitted;
use crate::words::Words;

/// Findings on the first page.
const DECIDERS: usize = 4;
/// Units that are named for one of them.
const UNITS: usize = 3;
/// Half-width letters of a sentence, of what was expected and of what was seen.
const SENTENCE: usize = 110;
const DETAIL: usize = 84;

/// The first page beside verdict, grid and numbers.
#[derive(Debug, Serialize)]
pub(super) struct Cover {
    deciders: Vec<Decider>,
    more: Option<String>,
    /// What a result without findings rests on.
    resting: Option<String>,
    who: Vec<Fact>,
    open: Vec<String>,
}

/// A finding, cut to what fits.
#[derive(Debug, Serialize)]
struct Decider {
    badge: Badge,
    text: String,
    blame: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
    evidence: Option<Link>,
    units: Vec<Concerned>,
    more_units: Option<String>,
}

pub(super) fn cover(input: &ReportInput<'_>, words: &Words, findings: &[Finding]) -> Cover {
    let more = findings.len().saturating_sub(DECIDERS);
    Cover {
        deciders: findings.iter().take(DECIDERS).map(|finding| decider(words, finding)).collect(),
        more: (more > 0).then(|| words.ui("cover-more").replace("{n}", &more.to_string())),
        resting: findings.is_empty().then(|| resting(input, words)),
        who: who(input, words),
        open: open(input, words),
    }
}

fn decider(words: &Words, finding: &Finding) -> Decider {
    let more = finding.units.len().saturating_sub(UNITS);
    let cut = |text: &Option<String>| text.as_ref().map(|text| fitted(text, DETAIL));
    Decider {
        badge: finding.badge.clone(),
        text: fitted(&finding.text, SENTENCE),
        blame: finding.blame.clone(),
        // Expected without seen says nothing.
        expected: finding.actual.as_ref().and_then(|_| cut(&finding.expected)),
        actual: cut(&finding.actual),
        evidence: finding.evidence.first().cloned(),
        units: finding.units.iter().take(UNITS).cloned().collect(),
        more_units: (more > 0).then(|| words.ui("cover-more-units").replace("{n}", &more.to_string())),
    }
}

/// Of the units that pass: how many rest on what.
fn resting(input: &ReportInput<'_>, words: &Words) -> String {
    let units = input.assessment.provisions.iter().flat_map(|provision| &provision.cases);
    let passed: Vec<_> = units
        .flat_map(|case| &case.units)
        .filter(|unit| unit.planned && unit.verdict == Verdict::Pass)
        .collect();
    let on = |what: RestsOn| passed.iter().filter(|unit| unit.rests_on == Some(what)).count().to_string();
    words
        .ui("cover-resting")
        .replace("{n}", &passed.len().to_string())
        .replace("{observed}", &on(RestsOn::Observed))
        .replace("{document}", &on(RestsOn::Document))
        .replace("{declared}", &on(RestsOn::Declared))
        .replace("{external}", &on(RestsOn::External))
}

fn who(input: &ReportInput<'_>, words: &Words) -> Vec<Fact> {
    let (facts, dut) = (input.facts, &input.assessment.dut);
    let cut = |text: Option<&str>| text.map(|text| fitted(text, 72));
    let lab = match (facts.lab.name.as_deref(), facts.lab.assessment.as_deref()) {
        (Some(name), Some(party)) => Some(format!("{} ({})", fitted(name, 70), words.ui(party))),
        (name, _) => cut(name),
    };
    let days =
        |time: &Option<String>| time.as_deref().map(|time| time.split('T').next().unwrap_or(time).to_owned());
    let tested = match (days(&facts.started), days(&facts.finished)) {
        (Some(first), Some(last)) if first != last => Some(format!("{first} – {last}")),
        (first, last) => first.or(last),
    };
    let customer = facts.lab.customer.as_deref().or(facts.supplier.as_deref());
    let samples = (!facts.samples.is_empty()).then(|| facts.samples.join("; "));
    vec![
        fact(words, "lab", lab.as_deref()),
        fact(words, "assessor", cut(facts.lab.assessor.as_deref()).as_deref()),
        fact(words, "authorizer", cut(facts.lab.authorizer.as_deref()).as_deref()),
        fact(words, "customer", cut(customer).as_deref()),
        fact(words, "samples", cut(samples.as_deref()).as_deref()),
        fact(words, "hardware", cut(dut.hardware.as_deref()).as_deref()),
        fact(words, "tested", tested.as_deref()),
        fact(words, "edition", Some(&input.assessment.edition)),
    ]
}

/// What is not settled, and what was not looked at, in one line each.
fn open(input: &ReportInput<'_>, words: &Words) -> Vec<String> {
    let assessment = input.assessment;
    let prompts = testcases::assess::open_prompts(assessment);
    let asked = |role: Role| prompts.iter().filter(|prompt| prompt.role == role).count();
    let mut lines = Vec::new();
    for (count, key) in [
        (asked(Role::Assessor), "cover-open-assessor"),
        (asked(Role::Operator), "cover-open-operator"),
        (asked(Role::Reviewer), "cover-open-reviewer"),
        (unsettled(input), "cover-open-unsettled"),
        (input.facts.limits.len(), "cover-open-limits"),
    ] {
        if count > 0 {
            lines.push(words.ui(key).replace("{n}", &count.to_string()));
        }
    }
    lines
}

/// Planned units that are inconclusive though no question of theirs waits.
fn unsettled(input: &ReportInput<'_>) -> usize {
    let units = input.assessment.provisions.iter().flat_map(|provision| &provision.cases);
    units
        .flat_map(|case| &case.units)
        .filter(|unit| unit.planned && unit.verdict == Verdict::Inconclusive)
        .filter(|unit| unit.items.iter().all(|item| item.open.is_none()))
        .count()
}
