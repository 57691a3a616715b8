//! From facts to an assessment: judges, pass conditions, cases, provisions, the overall verdict.

use std::collections::BTreeMap;

use crate::assessment::{
    Actual, Assessment, CaseResult, ConditionResult, Counts, Coverage, DutSummary, EffortRecord, Expected,
    FORMAT, ItemRecord, OverallReason, ProvisionResult, ReasonResult, UnitResult,
};
use crate::catalogue::{Case, Unit};
use crate::condition;
use crate::facts::Facts;
use crate::judge::{By, ItemResult, RestsOn, judge_of};
use crate::logic::Quantifier;
use crate::plan::{Plan, PlannedProvision, PlannedUnit};
use crate::prompt::{Prompt, PromptKind, Shown};
use crate::reason::Reason;
use crate::texts::{Language, Texts};
use crate::verdict::Verdict;
use ixit::{Blame, Support, TableContent};
use probes::probe::device_identity::DeviceIdentity;

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
    let prompts = companion_prompts(facts);
    let provisions: Vec<ProvisionResult> =
        plan.provisions.iter().map(|provision| provision_result(facts, plan, provision)).collect();
    let mut overall = Vec::new();
    for provision in &provisions {
        let code = match provision.verdict {
            Verdict::Fail => "provision-failed",
            Verdict::Inconclusive => "provision-open",
            _ => continue,
        };
        overall.push(OverallReason {
            code: code.to_owned(),
            subject: provision.id.clone(),
            verdict: provision.verdict,
        });
    }
    for prompt in &prompts {
        overall.push(OverallReason {
            code: "companion-open".to_owned(),
            subject: prompt.id.clone(),
            verdict: Verdict::Inconclusive,
        });
    }
    if !complete {
        overall.push(OverallReason {
            code: "run-not-complete".to_owned(),
            subject: plan.only.clone().unwrap_or_default(),
            verdict: Verdict::Inconclusive,
        });
    }
    let verdict_over = |wanted: &dyn Fn(&str) -> bool| {
        overall
            .iter()
            .filter(|reason| wanted(&reason.subject))
            .map(|reason| reason.verdict)
            .fold(Verdict::Pass, Ord::max)
    };
    let verdict = verdict_over(&|_| true);
    let verdict_mandatory = verdict_over(&|subject| {
        facts.catalogue.provision(subject).is_none_or(crate::catalogue::Provision::mandatory)
    });
    Assessment {
        format: FORMAT.to_owned(),
        edition: facts.declaration.edition.name().to_owned(),
        date: facts.date.to_string(),
        dut: dut(facts),
        complete,
        demonstration: nature.demonstration,
        verdict,
        verdict_mandatory,
        counts: counts(&provisions),
        coverage: coverage(&provisions),
        overall,
        provisions,
        prompts,
        schemes: Vec::new(),
        extra: Vec::new(),
    }
}

/// Every question that waits for a person, units in order, companions last.
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

/// Judges one unit: machine results with the overrides of an assessor applied.
pub fn unit_results(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = match judge_of(&unit.id) {
        Some(judge) => (judge.judge)(facts, unit),
        None => crate::assessor::ask_each(facts, unit),
    };
    if results.is_empty() {
        results.push(
            ItemResult::machine(
                "-",
                Verdict::Inconclusive,
                RestsOn::Observed,
                Reason::new("nothing-exercised"),
            )
            .blame(Blame::Lab),
        );
    }
    for result in &mut results {
        apply_override(facts, unit, result);
        demand_evidence(result);
    }
    results
}

/// Law 1 and 2: PASS and FAIL carry evidence, whatever the judge forgot.
fn demand_evidence(result: &mut ItemResult) {
    if matches!(result.verdict, Verdict::Pass | Verdict::Fail) && result.evidence.is_empty() {
        result.verdict = Verdict::Inconclusive;
        result.blame = Some(Blame::Lab);
        result.reason = Reason::new("evidence-missing").with("code", &result.reason.code);
    }
}

fn apply_override(facts: &Facts<'_>, unit: &Unit, result: &mut ItemResult) {
    if result.by != By::Machine {
        return;
    }
    let id =
        format!("override/{}", Prompt::id_of(&unit.id, &result.item, result.state, result.sample.as_deref()));
    let Some(decision) = facts.decision(&id) else { return };
    let verdict = match decision.answer.as_text().as_str() {
        "PASS" => Verdict::Pass,
        "FAIL" => Verdict::Fail,
        _ => Verdict::Inconclusive,
    };
    if decision.role != crate::decision::Role::Assessor
        || decision.reason.trim().is_empty()
        || verdict == result.verdict
    {
        return;
    }
    result.overridden = Some(result.verdict);
    result.verdict = verdict;
    result.by = By::Assessor;
    result.reason = Reason::new("overridden")
        .with("person", &decision.person)
        .with("reason", &decision.reason)
        .with("code", &result.reason.code);
    result.decision = Some(decision.clone());
}

fn provision_result(facts: &Facts<'_>, plan: &Plan, planned: &PlannedProvision) -> ProvisionResult {
    let entry = facts.declaration.ics.provisions.get(&planned.id);
    let cases: Vec<CaseResult> =
        facts.catalogue.cases_of(&planned.id).map(|case| case_result(facts, plan, case)).collect();
    let mandatory = planned.status.starts_with('M');
    let mut reason = None;
    let verdict = if planned.planned {
        if matches!(planned.support, Some(Support::NotApplicable)) && planned.id == "4-1" {
            Verdict::worst_of(cases.iter().map(|case| case.verdict))
        } else {
            group_verdict(cases.iter().map(|case| case.verdict))
        }
    } else {
        let (verdict, why) = unplanned_verdict(facts, planned, mandatory);
        reason = why.map(|why| words(&why));
        verdict
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
        reason,
        cases,
    }
}

/// FAIL if a case fails, else INCONCLUSIVE if one is, else PASS.
fn group_verdict(cases: impl Iterator<Item = Verdict>) -> Verdict {
    cases.fold(Verdict::Pass, |worst, verdict| match verdict {
        Verdict::Fail | Verdict::Inconclusive => worst.worst(verdict),
        _ => worst,
    })
}

fn unplanned_verdict(
    facts: &Facts<'_>,
    planned: &PlannedProvision,
    mandatory: bool,
) -> (Verdict, Option<Reason>) {
    let provision = facts.catalogue.provision(&planned.id);
    // An observation that contradicts a condition reopens the provision.
    if planned.why.as_deref() == Some("condition-not-met")
        && let Some(reason) = provision.and_then(|provision| {
            provision
                .conditions
                .iter()
                .filter(|id| condition::derive(facts.declaration, **id).holds == Some(false))
                .find_map(|id| condition::contradicted(facts, *id))
        })
    {
        return (Verdict::Inconclusive, Some(reason));
    }
    match planned.why.as_deref() {
        Some("condition-not-met") => (Verdict::NotApplicable, Some(Reason::new("condition-not-met"))),
        Some("support-not-stated") => {
            (Verdict::Inconclusive, Some(Reason::new("support-not-stated").with("provision", &planned.id)))
        }
        Some("not-claimed") if mandatory => {
            (Verdict::Fail, Some(Reason::new("mandatory-not-claimed").with("provision", &planned.id)))
        }
        Some("not-claimed") => (Verdict::NotClaimed, Some(Reason::new("not-claimed"))),
        Some("not-applicable-claimed") => {
            let conditional = planned.status.contains('C');
            match (conditional, planned.applicable) {
                (true, Some(true)) => (
                    Verdict::Fail,
                    Some(Reason::new("not-applicable-contradicted").with("provision", &planned.id)),
                ),
                (true, None) => (
                    Verdict::Inconclusive,
                    Some(Reason::new("not-applicable-not-shown").with("provision", &planned.id)),
                ),
                _ if mandatory => match facts.decision(&format!("not-applicable/{}", planned.id)) {
                    Some(decision) if decision.answer.as_text() == "yes" => (
                        Verdict::NotApplicable,
                        Some(
                            Reason::new("deviation-accepted")
                                .with("person", &decision.person)
                                .with("reason", &decision.reason),
                        ),
                    ),
                    _ => (
                        Verdict::Inconclusive,
                        Some(Reason::new("not-applicable-on-mandatory").with("provision", &planned.id)),
                    ),
                },
                _ => (Verdict::NotApplicable, Some(Reason::new("not-applicable-claimed"))),
            }
        }
        _ => (Verdict::Inconclusive, None),
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
    let conditions: Vec<ConditionResult> = case
        .conditions
        .iter()
        .map(|condition| {
            let verdict = if condition.units.is_empty() {
                unitless_condition(facts, case)
            } else {
                Verdict::worst_of(
                    units.iter().filter(|unit| condition.units.contains(&unit.id)).map(|unit| unit.verdict),
                )
            };
            ConditionResult {
                c: condition.c.clone(),
                basis: condition.basis,
                verdict,
                units: condition
                    .units
                    .iter()
                    .filter_map(|id| id.rsplit_once(':'))
                    .map(|(_, letter)| letter.to_owned())
                    .collect(),
            }
        })
        .collect();
    let planned = units.iter().any(|unit| unit.planned);
    let not_selected = units.iter().any(|unit| unit.why.as_deref() == Some("not-selected"));
    let verdict = if planned || not_selected {
        let verdict = match case.quantifier {
            Quantifier::All => evaluate(case, &|name| {
                conditions
                    .iter()
                    .find(|condition| condition.c == name)
                    .map_or(Verdict::Inconclusive, |condition| condition.verdict)
            }),
            Quantifier::One => one_sound_item(case, &units),
        };
        // A preparation that was not possible leaves the case open; it never fails it.
        let prepared = units.iter().zip(facts.catalogue.units_of(&case.id)).all(|(result, unit)| {
            !unit.preparatory || matches!(result.verdict, Verdict::Pass | Verdict::NotApplicable)
        });
        if prepared { verdict } else { Verdict::Inconclusive }
    } else {
        Verdict::NotApplicable
    };
    CaseResult { id: case.id.clone(), kind: case.kind, verdict, conditions, units }
}

fn evaluate(case: &Case, verdict_of: &impl Fn(&str) -> Verdict) -> Verdict {
    case.expression().evaluate(verdict_of)
}

/// Quantifier `one`: the same item has to be sound in all conditions. One mechanism that meets the
/// first condition and another that meets the second are not a sound mechanism.
fn one_sound_item(case: &Case, units: &[UnitResult]) -> Verdict {
    let items: std::collections::BTreeSet<&str> =
        units.iter().flat_map(|unit| &unit.items).map(|item| item.item.as_str()).collect();
    items
        .into_iter()
        .map(|name| {
            evaluate(case, &|c| {
                let wanted = case.conditions.iter().find(|condition| condition.c == c);
                Verdict::worst_of(
                    units
                        .iter()
                        .filter(|unit| wanted.is_some_and(|condition| condition.units.contains(&unit.id)))
                        .flat_map(|unit| &unit.items)
                        .filter(|item| item.item == name)
                        .map(|item| item.verdict),
                )
            })
        })
        .min()
        .unwrap_or(Verdict::Inconclusive)
}

/// 5.11-1-1 c1, the one pass condition without a unit: there are no user data on the device.
/// It is shown only by a declaration that says so.
fn unitless_condition(facts: &Facts<'_>, case: &Case) -> Verdict {
    if case.id != "5.11-1-1" {
        return Verdict::Inconclusive;
    }
    match facts.declaration.ixit.tables.get("pers_data") {
        Some(TableContent::Empty(_)) => Verdict::Inconclusive,
        Some(TableContent::Rows(_)) => Verdict::Fail,
        _ => Verdict::Inconclusive,
    }
}

fn unit_result(
    facts: &Facts<'_>,
    unit: &Unit,
    planned: Option<&PlannedUnit>,
    quantifier: Quantifier,
) -> UnitResult {
    let is_planned = planned.is_some_and(|planned| planned.planned);
    let why = planned.and_then(|planned| planned.why.clone());
    if !is_planned {
        let not_selected = why.as_deref() == Some("not-selected");
        return UnitResult {
            id: unit.id.clone(),
            kind: unit.kind,
            planned: false,
            why,
            verdict: if not_selected { Verdict::Inconclusive } else { Verdict::NotApplicable },
            by: None,
            rests_on: None,
            items: Vec::new(),
        };
    }
    let results = unit_results(facts, unit);
    UnitResult {
        id: unit.id.clone(),
        kind: unit.kind,
        planned: true,
        why: None,
        verdict: over_items(&results, quantifier),
        by: results.iter().map(|result| result.by).max(),
        rests_on: results.iter().map(|result| result.rests_on).max(),
        items: results.into_iter().map(record).collect(),
    }
}

/// Joins items: worst of for `all`; for `one`, PASS if one item is sound in every state and sample,
/// FAIL only if every item fails.
fn over_items(results: &[ItemResult], quantifier: Quantifier) -> Verdict {
    let mut by_item: BTreeMap<&str, Verdict> = BTreeMap::new();
    for result in results {
        by_item
            .entry(&result.item)
            .and_modify(|verdict| *verdict = verdict.worst(result.verdict))
            .or_insert(result.verdict);
    }
    match quantifier {
        Quantifier::All => Verdict::worst_of(by_item.into_values()),
        Quantifier::One => by_item
            .into_values()
            .min_by_key(|verdict| match verdict {
                Verdict::Pass => 0,
                Verdict::Inconclusive => 1,
                Verdict::Fail => 2,
                Verdict::NotApplicable | Verdict::NotClaimed => 3,
            })
            .unwrap_or(Verdict::NotApplicable),
    }
}

fn record(result: ItemResult) -> ItemRecord {
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

fn words(reason: &Reason) -> ReasonResult {
    let (text, expected, actual) = Texts::of(Language::En).reason(reason);
    ReasonResult {
        code: reason.code.clone(),
        args: reason.args.clone(),
        text,
        expected: expected.map(|text| Expected { text, source: reason.source.clone() }),
        actual: actual.map(|text| Actual { text }),
    }
}

/// `companion-matches-prose`: asked once a row that has companions.
fn companion_prompts(facts: &Facts<'_>) -> Vec<Prompt> {
    let mut prompts = Vec::new();
    for (table, content) in &facts.declaration.ixit.tables {
        let TableContent::Rows(rows) = content else { continue };
        for row in rows {
            let companions = row.companions.content();
            if companions.is_empty() {
                continue;
            }
            let mut shown: Vec<Shown> = row
                .fields
                .iter()
                .map(|(key, value)| Shown {
                    label: format!("{table}.{key}"),
                    text: value.value.display(),
                    source: Some(row.reference(table, key)),
                })
                .collect();
            shown.extend(companions.iter().map(|(key, value)| Shown {
                label: format!("{table}.{key}"),
                text: value.to_string(),
                source: Some(row.reference(table, key)),
            }));
            let id = format!("companion/{}", row.id);
            let facts_digest = Prompt::digest(&id, &PromptKind::YesNo, &shown);
            let settled = facts
                .decision(&id)
                .is_some_and(|decision| decision.answer.as_text() == "yes" && decision.facts == facts_digest);
            if !settled {
                prompts.push(Prompt {
                    id,
                    unit: None,
                    item: row.id.clone(),
                    state: None,
                    sample: None,
                    role: crate::decision::Role::Assessor,
                    kind: PromptKind::YesNo,
                    shown,
                    prejudgement: None,
                    facts: facts_digest,
                });
            }
        }
    }
    prompts
}

fn dut(facts: &Facts<'_>) -> DutSummary {
    let dut = &facts.declaration.ics.dut;
    let text = |value: &Option<ixit::Located<String>>| value.as_ref().map(|value| value.value.clone());
    let read = facts.results::<DeviceIdentity>("device-identity");
    let last = read.last().map(|(_, identity)| identity);
    DutSummary {
        manufacturer: text(&dut.manufacturer),
        model: text(&dut.model),
        hardware: text(&dut.hardware),
        firmware: text(&dut.firmware),
        firmware_read: last.and_then(|identity| identity.firmware.clone()),
        serial_read: last.and_then(|identity| identity.serial.clone()),
    }
}

fn counts(provisions: &[ProvisionResult]) -> Counts {
    let mut counts = Counts::default();
    for provision in provisions {
        *counts.provisions.entry(provision.verdict.to_string()).or_default() += 1;
        for case in &provision.cases {
            *counts.cases.entry(case.verdict.to_string()).or_default() += 1;
            for unit in &case.units {
                *counts.units.entry(unit.verdict.to_string()).or_default() += 1;
            }
        }
    }
    counts
}

fn coverage(provisions: &[ProvisionResult]) -> Coverage {
    let mut coverage = Coverage::default();
    for unit in provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units) {
        coverage.units += 1;
        if !unit.planned {
            continue;
        }
        coverage.planned += 1;
        if unit.items.iter().any(|item| item.open.is_some()) || unit.verdict == Verdict::Inconclusive {
            coverage.open += 1;
            continue;
        }
        match unit.by {
            Some(By::Machine) => coverage.machine += 1,
            Some(By::Assisted) => coverage.assisted += 1,
            Some(By::Assessor) => coverage.assessor += 1,
            Some(By::External) => coverage.external += 1,
            None => {}
        }
        if unit.verdict == Verdict::Pass && unit.rests_on == Some(RestsOn::Declared) {
            coverage.declared += 1;
        }
    }
    coverage
}
