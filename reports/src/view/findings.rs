//! What keeps the result from being better. One cause that fails several units is one finding, with
//! expected, seen, blame and evidence, and the units that it fails.

use serde::Serialize;
use testcases::assessment::{ItemRecord, ProvisionResult, UnitResult};
use testcases::{Blame, Verdict};

use super::annex::{Annex, Link};
use super::details::{across_states, push_source};
use super::{Badge, anchor, badge, blame_words};
use crate::ReportInput;
use crate::words::Words;

/// Findings shown before the rest is only counted.
pub(super) const SHOWN: usize = 12;

/// Provisions of one finding that are named with their titles; more are named by id.
const TITLED: usize = 6;

/// Something that decides the overall verdict.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) badge: Badge,
    pub(crate) text: String,
    pub(crate) href: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) actual: Option<String>,
    pub(crate) blame: Option<String>,
    pub(crate) evidence: Vec<Link>,
    pub(crate) units: Vec<Concerned>,
    /// So many that their ids have to do.
    pub(crate) ids_only: bool,
}

/// A unit or provision that a finding concerns.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Concerned {
    pub(crate) anchor: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) items: String,
}

struct Cause<'a> {
    verdict: Verdict,
    code: &'a str,
    actual: Option<String>,
    blame: Option<Blame>,
    hits: Vec<(&'a ProvisionResult, &'a UnitResult, Vec<&'a ItemRecord>)>,
}

/// Every finding, the worst first.
pub(super) fn findings(input: &ReportInput<'_>, words: &Words, annex: &mut Annex) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(of_items(input, words, annex, Verdict::Fail));
    findings.extend(of_provisions(input, words));
    findings.extend(waiting(input, words));
    findings.extend(of_items(input, words, annex, Verdict::Inconclusive));
    findings
}

/// Causes of a verdict: items with the same code and the same thing seen.
fn of_items(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, verdict: Verdict) -> Vec<Finding> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for provision in &input.assessment.provisions {
        // An item that fails inside a case that passes by its quantifier decides nothing.
        if !provision.planned || !decides(provision.verdict, verdict) {
            continue;
        }
        for unit in provision.cases.iter().flat_map(|case| &case.units) {
            if unit.verdict != verdict {
                continue;
            }
            for item in &unit.items {
                if item.verdict == verdict && item.open.is_none() {
                    add(&mut causes, words, provision, unit, item);
                }
            }
        }
    }
    causes.iter().map(|cause| finding(input, words, annex, cause)).collect()
}

fn decides(provision: Verdict, item: Verdict) -> bool {
    provision == item || (provision == Verdict::Fail && item == Verdict::Inconclusive)
}

fn add<'a>(
    causes: &mut Vec<Cause<'a>>,
    words: &Words,
    provision: &'a ProvisionResult,
    unit: &'a UnitResult,
    item: &'a ItemRecord,
) {
    let reason = words.reason(&item.reason);
    let actual = reason.actual.or(Some(reason.text));
    let known = causes.iter().position(|cause| {
        cause.code == item.reason.code && cause.actual == actual && cause.blame == item.blame
    });
    let index = known.unwrap_or_else(|| {
        causes.push(Cause {
            verdict: item.verdict,
            code: &item.reason.code,
            actual,
            blame: item.blame,
            hits: Vec::new(),
        });
        causes.len() - 1
    });
    let hits = &mut causes[index].hits;
    match hits.iter_mut().find(|(_, known, _)| known.id == unit.id) {
        Some((_, _, items)) => items.push(item),
        None => hits.push((provision, unit, vec![item])),
    }
}

fn finding(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, cause: &Cause<'_>) -> Finding {
    let items = || cause.hits.iter().flat_map(|(_, _, items)| items.iter().copied());
    let reason = items().next().map(|item| words.reason(&item.reason));
    let all: Vec<&ItemRecord> = items().collect();
    let mut sources = Vec::new();
    let mut evidence: Vec<Link> = Vec::new();
    for item in items() {
        push_source(&mut sources, item);
    }
    for (_, unit, items) in &cause.hits {
        for link in annex.links(input, words, &unit.id, items.iter().flat_map(|item| &item.evidence)) {
            if !evidence.contains(&link) {
                evidence.push(link);
            }
        }
    }
    Finding {
        badge: badge(words, cause.verdict),
        text: reason
            .as_ref()
            .map_or_else(String::new, |reason| across_states(words, &all, reason.text.clone())),
        href: None,
        expected: reason.as_ref().and_then(|reason| reason.expected.clone()),
        sources,
        actual: reason.and_then(|reason| reason.actual),
        blame: cause.blame.map(|blame| blame_words(words, blame)),
        evidence,
        ids_only: false,
        units: cause
            .hits
            .iter()
            .map(|(provision, unit, items)| Concerned {
                anchor: anchor("u", &unit.id),
                id: unit.id.clone(),
                title: words.provision_title(&provision.id).to_owned(),
                items: names(items),
            })
            .collect(),
    }
}

/// Provisions whose verdict does not come from an item, and what concerns the run as a whole.
fn of_provisions(input: &ReportInput<'_>, words: &Words) -> Vec<Finding> {
    let assessment = input.assessment;
    let mut findings = Vec::new();
    for reason in &assessment.overall {
        // What the run was narrowed to may be spelled like a provision, which is not at fault then.
        let of_run = reason.code == "run-not-complete";
        let provision =
            assessment.provisions.iter().find(|provision| !of_run && provision.id == reason.subject);
        let told_by_items = provision.is_some_and(|provision| {
            provision.reason.is_none()
                && provision
                    .cases
                    .iter()
                    .flat_map(|case| &case.units)
                    .any(|unit| unit.items.iter().any(|item| decides(reason.verdict, item.verdict)))
        });
        // Left out by choice, or waiting for a person: said once for all.
        if told_by_items || reason.code == "companion-open" {
            continue;
        }
        let text = match provision.and_then(|provision| provision.reason.as_ref()) {
            Some(reason) => words.reason(reason).text,
            None if provision.is_some_and(left_out) => words.why("not-selected"),
            None if provision.is_none() && !of_run => {
                format!("{} ({})", words.ui(&reason.code), reason.subject)
            }
            None => words.ui(&reason.code).to_owned(),
        };
        let concerned = provision.map(|provision| Concerned {
            anchor: anchor("p", &provision.id),
            id: provision.id.clone(),
            title: words.provision_title(&provision.id).to_owned(),
            items: String::new(),
        });
        let badge = badge(words, reason.verdict);
        match findings
            .iter_mut()
            .find(|finding: &&mut Finding| finding.badge == badge && finding.text == text)
        {
            Some(finding) => finding.units.extend(concerned),
            None => findings.push(plain(badge, text, None, concerned.into_iter().collect())),
        }
    }
    for finding in &mut findings {
        finding.ids_only = finding.units.len() > TITLED;
    }
    findings
}

/// No unit of the provision was to be tried in this run.
fn left_out(provision: &ProvisionResult) -> bool {
    let mut units = provision.cases.iter().flat_map(|case| &case.units);
    units.all(|unit| unit.why.as_deref() == Some("not-selected"))
}

/// All questions that wait, in one finding.
fn waiting(input: &ReportInput<'_>, words: &Words) -> Option<Finding> {
    let prompts = testcases::assess::open_prompts(input.assessment);
    if prompts.is_empty() {
        return None;
    }
    let mut units: Vec<&str> = prompts.iter().filter_map(|prompt| prompt.unit.as_deref()).collect();
    units.sort_unstable();
    units.dedup();
    let rows = prompts.iter().filter(|prompt| prompt.id.starts_with("companion/")).count();
    let mut text = words
        .ui("waiting")
        .replace("{questions}", &prompts.len().to_string())
        .replace("{units}", &units.len().to_string());
    if rows > 0 {
        text.push(' ');
        text.push_str(&words.ui("waiting-rows").replace("{rows}", &rows.to_string()));
    }
    Some(plain(badge(words, Verdict::Inconclusive), text, Some("#open".to_owned()), Vec::new()))
}

fn plain(badge: Badge, text: String, href: Option<String>, units: Vec<Concerned>) -> Finding {
    Finding {
        badge,
        text,
        href,
        expected: None,
        sources: Vec::new(),
        actual: None,
        blame: None,
        evidence: Vec::new(),
        ids_only: false,
        units,
    }
}

/// Names of items, each once.
fn names(items: &[&ItemRecord]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for item in items {
        if item.item != "-" && !names.contains(&item.item.as_str()) {
            names.push(&item.item);
        }
    }
    names.join(", ")
}
