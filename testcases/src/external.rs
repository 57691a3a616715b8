//! External evidence (TS 103 701, 4.7): a certificate or evaluation that the supplier hands in. It counts
//! only after an assessor has decided on scope, version and validity, and never against a FAIL.

use ixit::Blame;
use ixit::declaration::ExternalEvidence;
use jiff::civil::Date;
use probes::EvidenceRef;
use serde_json::{Value, json};

use crate::assess::questions::assessor_prompt;
use crate::catalogue::Unit;
use crate::decision::Decision;
use crate::facts::Facts;
use crate::judge::{By, ItemResult, RestsOn};
use crate::plan::Plan;
use crate::prompt::{Prompt, Shown};
use crate::reason::Reason;
use crate::scheme::Scheme;
use crate::verdict::Verdict;

/// Where a piece of external evidence stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<'a> {
    /// Not valid on the assessment date, or for another version: never accepted.
    Unfit(Reason),
    /// An assessor has to decide.
    Open(Box<Prompt>),
    /// Accepted by this decision.
    Accepted(&'a Decision),
    /// Refused.
    Refused,
}

/// Where every piece of external evidence stands, in the order of the ICS.
pub fn standings<'a>(facts: &Facts<'a>) -> Vec<(&'a ExternalEvidence, Standing<'a>)> {
    let all = &facts.declaration.ics.external_evidence;
    all.iter().enumerate().map(|(index, evidence)| (evidence, standing(facts, index, evidence))).collect()
}

/// Questions to the assessor: evidence that may count and covers something planned, or something that a label scheme
/// asks beyond the standard.
pub fn open_prompts(facts: &Facts<'_>, plan: &Plan) -> Vec<Prompt> {
    standings(facts)
        .into_iter()
        .filter(|(evidence, _)| {
            plan.units
                .iter()
                .filter(|unit| unit.planned)
                .any(|planned| facts.catalogue.unit(&planned.id).is_some_and(|unit| covers(evidence, unit)))
                || crate::scheme::schemes().iter().any(|scheme| covers_some_of(evidence, scheme))
        })
        .filter_map(|(_, standing)| match standing {
            Standing::Open(prompt) => Some(*prompt),
            _ => None,
        })
        .collect()
}

/// Puts accepted evidence in the place of what is open in a unit. A unit with a FAIL keeps its results, and
/// so does a result that a finding of the run contradicts.
pub fn apply(facts: &Facts<'_>, unit: &Unit, results: &mut [ItemResult]) {
    if results.iter().any(|result| result.verdict == Verdict::Fail) {
        return;
    }
    let accepted =
        standings(facts).into_iter().enumerate().find_map(|(index, (evidence, standing))| match standing {
            Standing::Accepted(decision) if covers(evidence, unit) => Some((index, evidence, decision)),
            _ => None,
        });
    let Some((index, evidence, decision)) = accepted else { return };
    let open = results.iter_mut().filter(|result| {
        result.verdict == Verdict::Inconclusive
            && result.reason.code != "applicability-contradicted"
            && result.overridden.is_none()
    });
    for result in open {
        result.verdict = Verdict::Pass;
        result.by = By::External;
        result.rests_on = RestsOn::External;
        result.blame = None;
        result.open = None;
        result.reason = Reason::new("external-evidence-accepted")
            .with("id", &evidence.id)
            .with("person", &decision.person)
            .with("reason", &decision.reason)
            .with("code", &result.reason.code);
        result.evidence = vec![EvidenceRef { reference: reference(evidence, index), at: String::new() }];
        result.evidence.extend(
            decision
                .attachments
                .iter()
                .map(|attachment| EvidenceRef { reference: attachment.clone(), at: String::new() }),
        );
        result.decision = Some(decision.clone());
    }
}

/// What the assessment says of the evidence that does not count, beside the units that are judged without it.
pub fn unfit(facts: &Facts<'_>) -> Vec<Value> {
    standings(facts)
        .into_iter()
        .filter_map(|(evidence, standing)| {
            let Standing::Unfit(reason) = standing else { return None };
            let covers: Vec<&str> = evidence.covers.iter().map(|covered| covered.value.as_str()).collect();
            Some(json!({
                "kind": "external-evidence",
                "id": evidence.id,
                "verdict": Verdict::Inconclusive,
                "blame": Blame::Documentation,
                "reason": { "code": reason.code, "args": reason.args },
                "covers": covers,
            }))
        })
        .collect()
}

fn standing<'a>(facts: &Facts<'a>, index: usize, evidence: &ExternalEvidence) -> Standing<'a> {
    if let Some(reason) = unfitness(facts, evidence) {
        return Standing::Unfit(reason);
    }
    let prompt = assessor_prompt(
        format!("external/{}", evidence.id),
        &evidence.id,
        shown(facts, evidence, &reference(evidence, index)),
    );
    match facts.decision_on(&prompt).filter(|decision| decision.facts == prompt.facts) {
        None => Standing::Open(Box::new(prompt)),
        Some(decision) if decision.answer.as_text() == "yes" => Standing::Accepted(decision),
        Some(_) => Standing::Refused,
    }
}

/// Why evidence can never count: out of its time, or for another version of the device. The version of a
/// component (a `product` that is not the model) is left to the assessor.
fn unfitness(facts: &Facts<'_>, evidence: &ExternalEvidence) -> Option<Reason> {
    let day = |text: &Option<ixit::Located<String>>| text.as_ref()?.value.trim().parse::<Date>().ok();
    let (issued, until) = (day(&evidence.issued), day(&evidence.valid_until));
    if issued.is_some_and(|issued| issued > facts.date) || until.is_some_and(|until| until < facts.date) {
        return Some(
            Reason::new("external-evidence-expired")
                .with("id", &evidence.id)
                .with("issued", issued.map_or_else(|| "-".to_owned(), |day| day.to_string()))
                .with("until", until.map_or_else(|| "-".to_owned(), |day| day.to_string()))
                .with("date", facts.date),
        );
    }
    let dut = &facts.declaration.ics.dut;
    let of_device = match (&evidence.product, &dut.model) {
        (Some(product), Some(model)) => product.value.contains(&model.value),
        _ => true,
    };
    let (version, firmware) = (evidence.version.as_ref()?, dut.firmware.as_ref()?);
    (of_device && version.value.trim() != firmware.value.trim()).then(|| {
        Reason::new("external-evidence-other-version")
            .with("id", &evidence.id)
            .with("version", &version.value)
            .with("firmware", &firmware.value)
    })
}

fn shown(facts: &Facts<'_>, evidence: &ExternalEvidence, reference: &str) -> Vec<Shown> {
    let covers: Vec<&str> = evidence.covers.iter().map(|covered| covered.value.as_str()).collect();
    let text = |value: &Option<ixit::Located<String>>| {
        value.as_ref().map_or_else(|| "-".to_owned(), |value| value.value.clone())
    };
    let document = facts.declaration.documents.iter().find(|known| known.path == evidence.document.value);
    let dut = &facts.declaration.ics.dut;
    [
        ("document", evidence.document.value.clone()),
        ("document.sha256", document.map_or_else(|| "-".to_owned(), |document| document.sha256.clone())),
        ("sha256", text(&evidence.sha256)),
        ("issuer", text(&evidence.issuer)),
        ("accreditation", text(&evidence.accreditation)),
        ("scheme", text(&evidence.scheme)),
        ("product", text(&evidence.product)),
        ("version", text(&evidence.version)),
        ("firmware_sha256", text(&evidence.firmware_sha256)),
        ("issued", text(&evidence.issued)),
        ("valid_until", text(&evidence.valid_until)),
        ("covers", covers.join(", ")),
        ("dut.model", text(&dut.model)),
        ("dut.firmware", text(&dut.firmware)),
        ("date", facts.date.to_string()),
    ]
    .into_iter()
    .map(|(key, text)| Shown {
        label: if key.starts_with("dut.") || key == "date" {
            key.to_owned()
        } else {
            format!("external_evidence.{key}")
        },
        text,
        source: Some(reference.to_owned()),
    })
    .collect()
}

/// Whether a piece of evidence names a requirement of a scheme.
pub fn covers_requirement(evidence: &ExternalEvidence, scheme: &str, requirement: &str) -> bool {
    evidence.covers.iter().any(|covered| covered.value.split_once(':') == Some((scheme, requirement)))
}

fn covers_some_of(evidence: &ExternalEvidence, scheme: &Scheme) -> bool {
    scheme.requirements.iter().any(|requirement| covers_requirement(evidence, &scheme.name, &requirement.id))
}

/// Whether a piece of evidence names the unit, its case or its provision.
pub fn covers(evidence: &ExternalEvidence, unit: &Unit) -> bool {
    evidence.covers.iter().any(|covered| {
        [unit.id.as_str(), unit.case.as_str(), unit.provision()].contains(&covered.value.as_str())
    })
}

pub(crate) fn reference(evidence: &ExternalEvidence, index: usize) -> String {
    format!("declaration:{}#external_evidence[{index}]", evidence.document.at.file)
}
