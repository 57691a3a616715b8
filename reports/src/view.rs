//! What the page shows, ready to print: every text chosen, every number counted. The template only
//! places it.

mod annex;
mod beyond;
mod cover;
mod details;
mod findings;
mod heard;
mod overview;
mod questions;
mod schemes;
mod spent;
mod statement;

use std::collections::BTreeMap;

use serde::Serialize;
use testcases::{Blame, By, RestsOn, Role, Verdict};

use crate::ReportInput;
use crate::figures::{self, Drawing};
use crate::words::Words;

pub(crate) use annex::Annex;
pub(crate) use details::{day, effort_words, noted};
pub(crate) use schemes::{RequirementPart, SchemePart, parts as scheme_parts};

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    lang: &'static str,
    ui: BTreeMap<String, String>,
    pub(crate) title: String,
    pub(crate) kind: String,
    ident: Vec<Fact>,
    pub(crate) partial: bool,
    pub(crate) demonstration: bool,
    pub(crate) invalid: Option<String>,
    pub(crate) draft: Option<String>,
    schemes: Vec<SchemePart>,
    pub(crate) verdict: Badge,
    pub(crate) verdict_mandatory: Badge,
    pub(crate) sentence: String,
    pub(crate) counted: String,
    cover: cover::Cover,
    pub(crate) findings: Vec<findings::Finding>,
    pub(crate) more_findings: Option<String>,
    drawings: Vec<Drawing>,
    statement: statement::Statement,
    grid: Vec<overview::GridRow>,
    pub(crate) counts: Vec<overview::Count>,
    bar: Vec<overview::Slice>,
    pub(crate) coverage: Vec<Fact>,
    pub(crate) overrides: Vec<overview::Overridden>,
    pub(crate) identification: Vec<Fact>,
    pub(crate) laboratory: Vec<Fact>,
    pub(crate) method_note: String,
    pub(crate) method: Vec<Fact>,
    pub(crate) limits: Vec<String>,
    heard: Option<heard::HeardTables>,
    spent: Vec<spent::SpentLine>,
    scenarios: Vec<details::Scenario>,
    beyond: Vec<beyond::Beyond>,
    pub(crate) questions: Vec<questions::Question>,
    pub(crate) evidence: Vec<annex::EvidenceLine>,
    pub(crate) digests: Vec<Fact>,
}

/// A verdict with its class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Badge {
    pub(crate) class: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) text: String,
}

/// Name and value.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) stated: bool,
}

impl Page {
    /// Chooses every text of the page.
    pub(crate) fn new(input: &ReportInput<'_>) -> Self {
        let words = Words::of(input.language);
        let assessment = input.assessment;
        let facts = input.facts;
        let mut annex = annex::Annex::default();
        let scenarios = details::scenarios(input, words, &mut annex);
        let beyond = beyond::cases(input, words, &mut annex);
        let mut findings = findings::findings(input, words, &mut annex);
        let cover = cover::cover(input, words, &findings);
        let more = findings.len().saturating_sub(findings::SHOWN);
        findings.truncate(findings::SHOWN);
        let dut = &assessment.dut;
        let stated = |key: &str, value: Option<&str>| fact(words, key, value);
        let firmware = dut.firmware_read.as_deref().map_or_else(
            || stated("firmware", dut.firmware.as_deref()),
            |read| stated("firmware-read", Some(read)),
        );
        Self {
            lang: input.language.code(),
            ui: words.phrases().clone(),
            title: title(input, words),
            kind: statement::title(input, words),
            ident: vec![
                stated("report-id", Some(identification(input))),
                firmware,
                stated("date", Some(&assessment.date)),
            ],
            partial: !assessment.complete,
            demonstration: assessment.demonstration,
            invalid: facts.invalid.clone(),
            draft: facts.draft.then(|| words.ui("draft-sentence").replace("{lang}", input.language.code())),
            schemes: schemes::parts(input, words),
            verdict: badge(words, assessment.verdict),
            verdict_mandatory: badge(words, assessment.verdict_mandatory),
            sentence: words
                .ui(match assessment.verdict {
                    Verdict::Pass => "sentence-pass",
                    Verdict::Fail => "sentence-fail",
                    _ => "sentence-inconclusive",
                })
                .to_owned(),
            counted: overview::counted(words, assessment),
            cover,
            findings,
            drawings: figures::drawings(words, assessment, &facts.figures, &facts.heard),
            statement: statement::statement(input, words),
            more_findings: (more > 0).then(|| words.ui("more-findings").replace("{n}", &more.to_string())),
            grid: overview::grid(words, assessment),
            counts: overview::counts(words, assessment),
            bar: overview::bar(words, assessment),
            coverage: overview::coverage(words, assessment),
            overrides: overview::overrides(words, assessment),
            identification: vec![
                stated("model", dut.model.as_deref()),
                stated("manufacturer", dut.manufacturer.as_deref()),
                stated("hardware", dut.hardware.as_deref()),
                stated("firmware", dut.firmware.as_deref()),
                stated("firmware-read", dut.firmware_read.as_deref()),
                stated("serial-read", dut.serial_read.as_deref()),
                stated("samples", joined(&facts.samples).as_deref()),
                stated("received", statement::receipts(facts, |one| one.received.as_deref()).as_deref()),
                stated("condition", statement::receipts(facts, |one| one.condition.as_deref()).as_deref()),
                stated("date", Some(&assessment.date)),
                stated("started", facts.started.as_deref()),
                stated("finished", facts.finished.as_deref()),
                stated("edition", Some(&assessment.edition)),
                stated("run", Some(&facts.run)),
                stated("tool", Some(&facts.tool)),
            ],
            laboratory: vec![
                stated("report-id", Some(identification(input))),
                stated("lab", facts.lab.name.as_deref()),
                stated("lab-contact", facts.lab.contact.as_deref()),
                stated("accreditation", facts.lab.accreditation.as_deref()),
                stated("party", facts.lab.assessment.as_deref().map(|party| words.ui(party))),
                stated("customer", facts.lab.customer.as_deref().or(facts.supplier.as_deref())),
                stated("operator", facts.lab.operator.as_deref()),
                stated("assessor", facts.lab.assessor.as_deref()),
                stated("authorizer", facts.lab.authorizer.as_deref()),
                stated("place", facts.lab.place.as_deref()),
                stated("equipment", joined(&facts.equipment).as_deref()),
            ],
            method_note: method_note(words, &assessment.edition),
            method: vec![
                stated("edition", Some(&assessment.edition)),
                stated("decision-rule", facts.decision_rule.as_deref()),
                stated("deviations", facts.deviations.as_deref()),
                stated("subcontracted", facts.subcontracted.as_deref()),
            ],
            limits: facts.limits.clone(),
            heard: heard::tables(words, &facts.heard),
            spent: spent::lines(words, &facts.spent),
            scenarios,
            beyond,
            questions: questions::questions(words, assessment),
            evidence: annex.lines(input, words),
            digests: facts
                .digests
                .iter()
                .map(|(name, value)| Fact { name: name.clone(), value: value.clone(), stated: true })
                .collect(),
        }
    }

    /// The markup of each figure, in order.
    pub(crate) fn svgs(&self) -> impl Iterator<Item = Vec<String>> {
        self.drawings.iter().map(|drawing| drawing.svgs.clone())
    }

    /// What stands at the foot of every printed page: device, run, verdict, and whether it counts.
    pub(crate) fn running_line(&self) -> String {
        let short = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let report = self.ident.first();
        let report =
            report.map_or_else(String::new, |report| format!("{} {}", report.name, short(&report.value, 80)));
        let mut parts = vec![short(&self.title, 40), report, self.verdict.text.clone()];
        let marks = [
            (self.draft.is_some(), "draft"),
            (self.partial, "running-partial"),
            (self.demonstration, "running-demonstration"),
        ];
        for (holds, key) in marks {
            if holds {
                parts.push(self.ui.get(key).cloned().unwrap_or_default());
            }
        }
        parts.join(" · ")
    }
}

/// What names this report; the run where the caller gives nothing better.
pub(crate) fn identification<'a>(input: &ReportInput<'a>) -> &'a str {
    let facts = input.facts;
    if facts.identification.is_empty() { &facts.run } else { &facts.identification }
}

pub(crate) fn title(input: &ReportInput<'_>, words: &Words) -> String {
    let dut = &input.assessment.dut;
    let name: Vec<&str> = [dut.manufacturer.as_deref(), dut.model.as_deref()].into_iter().flatten().collect();
    if name.is_empty() { words.ui("unnamed-device").to_owned() } else { name.join(" ") }
}

pub(crate) fn fact(words: &Words, key: &str, value: Option<&str>) -> Fact {
    let value = value.filter(|value| !value.is_empty());
    Fact {
        name: words.ui(key).to_owned(),
        value: value.unwrap_or(words.ui("not-stated")).to_owned(),
        stated: value.is_some(),
    }
}

fn joined(lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("; "))
}

pub(crate) fn badge(words: &Words, verdict: Verdict) -> Badge {
    let (class, mark, key) = match verdict {
        Verdict::Pass => ("v-pass", "✓", "PASS"),
        Verdict::Fail => ("v-fail", "✕", "FAIL"),
        Verdict::Inconclusive => ("v-open", "?", "INCONCLUSIVE"),
        Verdict::NotApplicable => ("v-na", "–", "N/A"),
        Verdict::NotClaimed => ("v-na", "–", "NOT-CLAIMED"),
    };
    Badge { class, mark, text: words.ui(key).to_owned() }
}

pub(crate) fn by_words(words: &Words, by: By) -> String {
    words
        .ui(match by {
            By::Machine => "by-machine",
            By::Assisted => "by-assisted",
            By::Assessor => "by-assessor",
            By::External => "by-external",
        })
        .to_owned()
}

pub(crate) fn rests_on_words(words: &Words, rests_on: RestsOn) -> String {
    words
        .ui(match rests_on {
            RestsOn::Observed => "rests-observed",
            RestsOn::Document => "rests-document",
            RestsOn::Declared => "rests-declared",
            RestsOn::External => "rests-external",
        })
        .to_owned()
}

pub(crate) fn blame_words(words: &Words, blame: Blame) -> String {
    words
        .ui(match blame {
            Blame::Device => "blame-device",
            Blame::Documentation => "blame-documentation",
            Blame::DeviceOrDocumentation => "blame-device-or-documentation",
            Blame::Lab => "blame-lab",
        })
        .to_owned()
}

pub(crate) fn role_words(words: &Words, role: Role) -> String {
    words
        .ui(match role {
            Role::Operator => "role-operator",
            Role::Assessor => "role-assessor",
            Role::Reviewer => "role-reviewer",
        })
        .to_owned()
}

/// State and sample of an item in words; empty if neither matters.
pub(crate) fn place_words(words: &Words, state: Option<testcases::DutState>, sample: Option<&str>) -> String {
    let mut place: Vec<String> = Vec::new();
    if let Some(state) = state {
        place.push(words.ui(&format!("state-{}", state.as_str())).to_owned());
    }
    if let Some(sample) = sample {
        place.push(format!("{} {sample}", words.ui("sample")));
    }
    place.join(", ")
}

/// An id that is safe in `id=` and `#`.
pub(crate) fn anchor(prefix: &str, id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{prefix}-{safe}")
}

/// How much of the catalogue is not yet compared with the standard. A number, so that nobody takes our
/// reading for the standard's.
fn method_note(words: &Words, edition: &str) -> String {
    let Ok(edition) = edition.parse::<ixit::Edition>() else { return String::new() };
    let catalogue = testcases::Catalogue::of(edition);
    let confidences: Vec<&str> = catalogue
        .provisions
        .iter()
        .map(|provision| provision.confidence.as_str())
        .chain(catalogue.conditions.iter().map(|condition| condition.confidence.as_str()))
        .chain(catalogue.cases.iter().map(|case| case.confidence.as_str()))
        .collect();
    let open = confidences.iter().filter(|confidence| **confidence != "high").count();
    words.ui("method-note").replace("{n}", &open.to_string()).replace("{m}", &confidences.len().to_string())
}
