//! From facts to an assessment: units, pass conditions, cases, provisions, the overall verdict.

use crate::algebra::{self, UnitVerdicts};
use crate::assessment::{
    Actual, Assessment, CaseResult, ConditionResult, EffortRecord, Expected, FORMAT, ItemRecord,
    OverallReason, ProvisionResult, ReasonResult, UnitResult,
};
use crate::catalogue::{Case, Unit};
use crate::condition;
use crate::contradiction;
use crate::external;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::logic::Quantifier;
use crate::plan::{Plan, PlannedProvision, PlannedUnit, left_out_as_not_applicable};
use crate::plus;
use crate::prompt::Prompt;
use crate::reason::Reason;
use crate::texts::{Language, Texts};
use crate::user_data;
use crate::verdict::Verdict;
use ixit::Support;

use questions::Deviation;
pub use unit::{facts_of_override, override_facts, unit_results};

mod documentation;
pub(crate) mod questions;
mod summary;
#[cfg(test)]
mod tests;
mod unit;

/// The reporting group: it judges the ICS itself and is run whatever the ICS says of it.
const REPORTING: &str = "4-1";

/// What the run says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunNature {
    /// Every planned step was carried out; nothing was left out for want of equipment.
    pub complete: bool,
    /// Answered from the simulated lab.
    pub demonstration: bool,
}

/// Makes the assessment. Pure: no clock, path or locale.
pub fn assess(facts: &Facts<'_>, plan: &Plan, nature: RunNature) -> Assessment {
    let complete = nature.complete && plan.only.is_none();
    let provisions: Vec<ProvisionResult> =
        plan.provisions.iter().map(|provision| provision_result(facts, plan, provision)).collect();
    let companions = questions::companions(facts);
    let mut prompts = companions.prompts;
    prompts.extend(questions::deviations(facts, plan));
    prompts.extend(external::open_prompts(facts, plan));

    let of_provisions: Vec<OverallReason> = provisions.iter().filter_map(overall_reason).collect();
    let mut of_the_run = companions.overall;
    if !complete {
        of_the_run.push(OverallReason {
            code: "run-not-complete".to_owned(),
            subject: plan.only.clone().unwrap_or_default(),
            verdict: Verdict::Inconclusive,
        });
    }
    let mandatory = |reason: &&OverallReason| {
        facts.catalogue.provision(&reason.subject).is_some_and(crate::catalogue::Provision::mandatory)
    };
    let run = of_the_run.iter().map(|reason| reason.verdict);
    let verdict =
        algebra::overall_verdict(of_provisions.iter().map(|reason| reason.verdict).chain(run.clone()));
    let verdict_mandatory = algebra::overall_verdict(
        of_provisions.iter().filter(mandatory).map(|reason| reason.verdict).chain(run),
    );
    let overall = of_provisions.into_iter().chain(of_the_run).collect();
    Assessment {
        format: FORMAT.to_owned(),
        edition: facts.declaration.edition.name().to_owned(),
        date: facts.date.to_string(),
        dut: summary::dut(facts),
        complete,
        demonstration: nature.demonstration,
        verdict,
        verdict_mandatory,
        counts: summary::counts(&provisions),
        coverage: summary::coverage(&provisions),
        overall,
        provisions,
        prompts,
        schemes: Vec::new(),
        extra: external::unfit(facts).into_iter().chain(beyond(facts, plan)).collect(),
    }
}

/// What came of the cases beyond the standard that are planned.
fn beyond(facts: &Facts<'_>, plan: &Plan) -> impl Iterator<Item = serde_json::Value> {
    let results = plus::assess(facts, &plan.plus).into_iter();
    results.map(|result| serde_json::to_value(result).expect("plain data"))
}

/// Every question that waits for a person, units in order, those of no unit last.
pub fn open_prompts(assessment: &Assessment) -> Vec<&Prompt> {
    assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .flat_map(|unit| &unit.items)
        .filter_map(|item| item.open.as_ref())
        .chain(&assessment.prompts)
        .collect()
}

/// What a provision contributes to the overall verdict, if it keeps it from being PASS.
fn overall_reason(provision: &ProvisionResult) -> Option<OverallReason> {
    let own = provision.reason.as_ref().map(|reason| reason.code.as_str());
    let code = match (provision.verdict, own) {
        (Verdict::Fail, Some("mandatory-not-claimed")) => "mandatory-not-claimed",
        (Verdict::Fail, _) => "provision-failed",
        (Verdict::Inconclusive, _) => "provision-open",
        _ => return None,
    };
    Some(OverallReason { code: code.to_owned(), subject: provision.id.clone(), verdict: provision.verdict })
}

fn provision_result(facts: &Facts<'_>, plan: &Plan, planned: &PlannedProvision) -> ProvisionResult {
    let entry = facts.declaration.ics.provisions.get(&planned.id);
    let cases: Vec<CaseResult> =
        facts.catalogue.cases_of(&planned.id).map(|case| case_result(facts, plan, case)).collect();
    let group = algebra::provision_verdict(cases.iter().map(|case| case.verdict));
    let (verdict, reason) = match (planned.planned, claim_verdict(facts, planned)) {
        // What the ICS says of it stays beside the verdict of the group, and never improves it.
        (true, Some((claim, reason))) if claim > Verdict::Pass => (group.worst(claim), Some(reason)),
        (true, _) => (group, None),
        (false, Some((claim, reason))) => (claim, Some(reason)),
        (false, None) => (Verdict::Inconclusive, None),
    };
    ProvisionResult {
        id: planned.id.clone(),
        status: planned.status.clone(),
        applicable: planned.applicable,
        planned: planned.planned,
        why: planned.why.clone(),
        support: planned.support.map(|support| support.as_str().to_owned()),
        detail: entry.and_then(|entry| entry.detail.as_ref()).map(|detail| detail.value.clone()),
        verdict,
        reason: reason.as_ref().map(words),
        cases,
    }
}

/// What follows from the claim alone (TS 103 701, 4.3 and EN 303 645, Table B.1); `None` where the group
/// decides: claimed, and its conditions hold or are not known not to.
fn claim_verdict(facts: &Facts<'_>, planned: &PlannedProvision) -> Option<(Verdict, Reason)> {
    let provision = facts.catalogue.provision(&planned.id)?;
    let reason = |code: &str| Reason::new(code).with("provision", &planned.id);
    let reopened = planned.planned
        && planned.id != REPORTING
        && (planned.applicable == Some(false) || planned.support == Some(Support::NotApplicable));
    if (reopened || left_out_as_not_applicable(planned))
        && let Some(found) = contradiction::of_provision(facts, provision, planned.support)
    {
        return Some((Verdict::Inconclusive, found.reason));
    }
    Some(match (planned.applicable, planned.support) {
        (Some(false), Some(Support::Y)) => return claimed_without_condition(facts, planned),
        (Some(false), _) => (Verdict::NotApplicable, reason("condition-not-met")),
        (_, Some(Support::Y)) => return None,
        // The ICS is judged by 4-1 in any case.
        (_, None) if planned.id == REPORTING => return None,
        (_, None) => (Verdict::Inconclusive, reason("support-not-stated")),
        (_, Some(Support::N)) if !provision.mandatory() => (Verdict::NotClaimed, reason("not-claimed")),
        (None, Some(Support::N)) => (Verdict::Inconclusive, reason("applicability-not-told")),
        (Some(true), Some(Support::N)) => (Verdict::Fail, reason("mandatory-not-claimed")),
        (_, Some(Support::NotApplicable)) => called_not_applicable(facts, planned, provision),
    })
}

/// Claimed although a condition does not hold. Nothing is assessed; but a supplier who claims a function
/// and states that the table behind it is empty contradicts himself and is asked.
fn claimed_without_condition(facts: &Facts<'_>, planned: &PlannedProvision) -> Option<(Verdict, Reason)> {
    let provision = facts.catalogue.provision(&planned.id)?;
    let states: Vec<_> =
        provision.conditions.iter().map(|id| condition::derive(facts.declaration, *id)).collect();
    let denied = states.iter().find(|state| state.denied_by_empty_table());
    let failing = denied.or_else(|| states.iter().find(|state| state.holds == Some(false)))?;
    let code = if denied.is_some() { "claim-without-condition" } else { "condition-not-met" };
    let verdict = if denied.is_some() { Verdict::Inconclusive } else { Verdict::NotApplicable };
    let reason = Reason::new(code)
        .with("provision", &planned.id)
        .with("condition", failing.id)
        .expected_by(failing.basis.clone());
    Some((verdict, reason))
}

fn called_not_applicable(
    facts: &Facts<'_>,
    planned: &PlannedProvision,
    provision: &crate::catalogue::Provision,
) -> (Verdict, Reason) {
    let reason = |code: &str| Reason::new(code).with("provision", &planned.id);
    let conditional = !provision.conditions.is_empty();
    match (conditional, planned.applicable) {
        // Mandatory, applicable and not claimed. Of a recommendation the supplier is asked.
        (true, Some(true)) if provision.mandatory() => (Verdict::Fail, reason("not-applicable-contradicted")),
        (true, Some(true)) => (Verdict::Inconclusive, reason("not-applicable-contradicted")),
        (true, _) => (Verdict::Inconclusive, reason("not-applicable-not-shown")),
        (false, _) if !provision.mandatory() => (Verdict::NotApplicable, reason("not-applicable-claimed")),
        (false, _) => match questions::deviation(facts, &planned.id) {
            Deviation::Accepted(decision) => (
                Verdict::NotApplicable,
                reason("deviation-accepted")
                    .with("person", &decision.person)
                    .with("reason", &decision.reason),
            ),
            Deviation::Refused => (Verdict::Fail, reason("deviation-refused")),
            Deviation::Open(_) => (Verdict::Inconclusive, reason("not-applicable-on-mandatory")),
        },
    }
}

fn case_result(facts: &Facts<'_>, plan: &Plan, case: &Case) -> CaseResult {
    let units: Vec<UnitResult> = facts
        .catalogue
        .units_of(&case.id)
        .map(|unit| {
            let planned = plan.units.iter().find(|planned| planned.id == unit.id);
            unit_result(facts, unit, planned, case.quantifier)
        })
        .collect();
    let verdicts: Vec<UnitVerdicts> = facts
        .catalogue
        .units_of(&case.id)
        .zip(&units)
        .map(|(unit, result)| unit_verdicts(unit, result))
        .collect();
    let unitless = unitless_condition(facts, case);
    let conditions = case
        .conditions
        .iter()
        .map(|condition| ConditionResult {
            c: condition.c.clone(),
            basis: condition.basis,
            verdict: algebra::condition_verdict(case, &condition.c, &verdicts, unitless),
            units: condition
                .units
                .iter()
                .filter_map(|id| id.rsplit_once(':'))
                .map(|(_, letter)| letter.to_owned())
                .collect(),
        })
        .collect();
    let looked_at = units.iter().any(|unit| unit.planned || unit.why.as_deref() == Some(NOT_SELECTED));
    let verdict =
        if looked_at { algebra::case_verdict(case, &verdicts, unitless) } else { Verdict::NotApplicable };
    CaseResult { id: case.id.clone(), kind: case.kind, verdict, conditions, units }
}

fn unit_verdicts(unit: &Unit, result: &UnitResult) -> UnitVerdicts {
    let mut items: Vec<(String, Verdict)> =
        result.items.iter().map(|item| (item.item.clone(), item.verdict)).collect();
    if items.is_empty() {
        items.push((algebra::WHOLE_UNIT.to_owned(), result.verdict));
    }
    UnitVerdicts { id: unit.id.clone(), preparatory: unit.preparatory, verdict: result.verdict, items }
}

/// The one pass condition without a unit, 5.11-1-1 c1: there are no user data on the device.
fn unitless_condition(facts: &Facts<'_>, case: &Case) -> Verdict {
    match case.id.as_str() {
        "5.11-1-1" => user_data::none_on_device(facts.declaration),
        _ => Verdict::Inconclusive,
    }
}

/// Why a unit is not in the plan although its provision is: left out by `--only`.
const NOT_SELECTED: &str = "not-selected";

fn unit_result(
    facts: &Facts<'_>,
    unit: &Unit,
    planned: Option<&PlannedUnit>,
    quantifier: Quantifier,
) -> UnitResult {
    let why = planned.and_then(|planned| planned.why.clone());
    if !planned.is_some_and(|planned| planned.planned) {
        let left_out = why.as_deref() == Some(NOT_SELECTED);
        return UnitResult {
            id: unit.id.clone(),
            kind: unit.kind,
            planned: false,
            why,
            verdict: if left_out { Verdict::Inconclusive } else { Verdict::NotApplicable },
            by: None,
            rests_on: None,
            items: Vec::new(),
        };
    }
    let mut results = unit_results(facts, unit);
    external::apply(facts, unit, &mut results);
    let verdicts: Vec<(String, Verdict)> =
        results.iter().map(|result| (result.item.clone(), result.verdict)).collect();
    UnitResult {
        id: unit.id.clone(),
        kind: unit.kind,
        planned: true,
        why: None,
        verdict: algebra::unit_verdict(&verdicts, quantifier),
        by: results.iter().map(|result| result.by).max(),
        rests_on: results.iter().map(|result| result.rests_on).max(),
        items: results.into_iter().map(record).collect(),
    }
}

pub(crate) fn record(result: ItemResult) -> ItemRecord {
    ItemRecord {
        item: result.item,
        state: result.state,
        sample: result.sample,
        verdict: result.verdict,
        by: result.by,
        rests_on: result.rests_on,
        blame: result.blame,
        vacuous: result.vacuous,
        reason: words(&result.reason),
        evidence: result.evidence,
        effort: result.effort.map(|effort| EffortRecord {
            attempted: effort.attempted,
            completed: effort.completed,
            seconds: effort.seconds,
            what: effort.what,
        }),
        open: result.open,
        decision: result.decision,
        overridden: result.overridden,
    }
}

pub(crate) fn words(reason: &Reason) -> ReasonResult {
    let (text, expected, actual) = Texts::of(Language::En).reason(reason);
    ReasonResult {
        code: reason.code.clone(),
        args: reason.args.clone(),
        text,
        expected: expected.map(|text| Expected { text, source: reason.source.clone() }),
        actual: actual.map(|text| Actual { text }),
    }
}
