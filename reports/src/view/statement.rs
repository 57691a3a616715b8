//! What the report is by its name, and the statement of conformity with all that a test report (ISO/IEC 17025, 7.8) or a
//! supplier's declaration (ISO/IEC 17050-1) has to tell beside the results.

use serde::Serialize;
use testcases::{By, Verdict};

use super::{Fact, fact, title as device};
use crate::words::Words;
use crate::{Receipt, ReportInput, RunFacts};

/// What a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Somebody tried something: laboratory, people or kind of assessment are not stated.
    Internal,
    /// Of a laboratory, with a statement of conformity.
    Stating,
    /// Of a laboratory, and nothing can be stated.
    NotStating,
    /// Of a supplier, who declares conformity.
    Declaration,
    /// Of a supplier, who has nothing to declare.
    SelfAssessment,
}

/// The statement and what belongs to it.
#[derive(Debug, Serialize)]
pub(super) struct Statement {
    text: String,
    facts: Vec<Fact>,
    notes: Vec<String>,
    opinions: Fact,
    authorizer: Fact,
    /// What is still written by hand.
    by_hand: String,
}

impl Kind {
    fn of(input: &ReportInput<'_>) -> Self {
        let lab = &input.facts.lab;
        if [&lab.name, &lab.assessor, &lab.authorizer, &lab.assessment].iter().any(|field| field.is_none()) {
            return Self::Internal;
        }
        let verdict = input.assessment.verdict;
        let concluded = input.assessment.complete
            && input.facts.invalid.is_none()
            && matches!(verdict, Verdict::Pass | Verdict::Fail);
        match (lab.assessment.as_deref(), concluded) {
            (Some("first-party"), true) if verdict == Verdict::Pass => Self::Declaration,
            (Some("first-party"), _) => Self::SelfAssessment,
            (_, true) => Self::Stating,
            (_, false) => Self::NotStating,
        }
    }
}

/// The name of the report.
pub(super) fn title(input: &ReportInput<'_>, words: &Words) -> String {
    words
        .ui(match Kind::of(input) {
            Kind::Internal => "title-internal",
            Kind::Stating => "title-stating",
            Kind::NotStating => "title-not-stating",
            Kind::Declaration => "title-declaration",
            Kind::SelfAssessment => "title-self-assessment",
        })
        .to_owned()
}

pub(super) fn statement(input: &ReportInput<'_>, words: &Words) -> Statement {
    let (assessment, facts) = (input.assessment, input.facts);
    let external = assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .filter(|unit| unit.by == Some(By::External))
        .count();
    let mut notes = vec![words.ui("disclaimer").to_owned(), words.ui("statement-in-full").to_owned()];
    if external > 0 {
        notes.push(words.ui("statement-external").replace("{n}", &external.to_string()));
    }
    if Kind::of(input) == Kind::Declaration {
        notes.push(words.ui("statement-unsigned").to_owned());
    }
    Statement {
        text: text(input, words),
        facts: vec![
            fact(words, "statement-object", Some(&object(input, words))),
            fact(words, "statement-requirements", Some(&standard(&assessment.edition))),
            fact(words, "decision-rule", facts.decision_rule.as_deref()),
            fact(words, "subcontracted", facts.subcontracted.as_deref()),
        ],
        notes,
        opinions: fact(words, "opinions", facts.opinions.as_deref()),
        authorizer: fact(words, "authorizer", facts.lab.authorizer.as_deref()),
        by_hand: words.ui("statement-by-hand").to_owned(),
    }
}

fn text(input: &ReportInput<'_>, words: &Words) -> String {
    let assessment = input.assessment;
    if assessment.demonstration {
        return words.ui("statement-demonstration").to_owned();
    }
    let number = |verdict| {
        let all = assessment.provisions.iter();
        all.filter(|provision| provision.planned && provision.verdict == verdict).count().to_string()
    };
    let key = match (Kind::of(input), assessment.verdict) {
        (Kind::Declaration, _) => "statement-declared",
        (Kind::Stating, Verdict::Pass) => "statement-conforms",
        (Kind::Stating, _) => "statement-does-not-conform",
        _ if input.facts.invalid.is_some() => "statement-none-invalid",
        _ if !assessment.complete => "statement-none-partial",
        (Kind::Internal, _) => "statement-none-internal",
        (Kind::SelfAssessment, Verdict::Fail) => "statement-none-failed",
        _ => "statement-none-open",
    };
    words
        .ui(key)
        .replace("{standard}", &standard(&assessment.edition))
        .replace("{failed}", &number(Verdict::Fail))
        .replace("{open}", &number(Verdict::Inconclusive))
        // Last, so that nothing in a name of the supplier is filled in.
        .replace("{supplier}", assessment.dut.manufacturer.as_deref().unwrap_or(words.ui("not-stated")))
}

/// The device with what tells it from others.
fn object(input: &ReportInput<'_>, words: &Words) -> String {
    let dut = &input.assessment.dut;
    let mut parts = vec![device(input, words)];
    let firmware = dut.firmware_read.as_deref().or(dut.firmware.as_deref());
    for (key, value) in [("hardware", dut.hardware.as_deref()), ("firmware-short", firmware)] {
        if let Some(value) = value {
            parts.push(format!("{} {value}", words.ui(key)));
        }
    }
    parts.extend(input.facts.samples.iter().cloned());
    parts.join(", ")
}

/// The standards of an edition with their versions; the edition itself if it is of another form.
fn standard(edition: &str) -> String {
    let versions = edition
        .split_once('+')
        .and_then(|(base, tests)| Some((base.strip_prefix("en303645-")?, tests.strip_prefix("ts103701-")?)));
    match versions {
        Some((base, tests)) => format!("ETSI EN 303 645 V{base}, ETSI TS 103 701 V{tests}"),
        None => edition.to_owned(),
    }
}

/// What is stated of the receipt of the samples, in one line.
pub(super) fn receipts(facts: &RunFacts, of: impl Fn(&Receipt) -> Option<&str>) -> Option<String> {
    let stated: Vec<String> = facts
        .receipts
        .iter()
        .filter_map(|receipt| Some(format!("{}: {}", receipt.sample, of(receipt)?)))
        .collect();
    (!stated.is_empty()).then(|| stated.join("; "))
}
