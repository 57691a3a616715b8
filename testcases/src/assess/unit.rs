//! One unit: what its judge says, with what no judge may forget.

use crate::catalogue::Unit;
use crate::decision::Role;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, ItemResult, RestsOn, judge_of};
use crate::prompt::Prompt;
use crate::reason::Reason;
use crate::selection::Emptiness;
use crate::vacuity;
use crate::verdict::Verdict;
use ixit::Blame;
use probes::EvidenceRef;

/// Judges one unit: the results of its judge or of the assessor, without empty selections that do not
/// stand, with the overrides of an assessor, and never PASS or FAIL without evidence.
pub fn unit_results(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let of_this_firmware = without_other_firmware(facts, unit);
    let narrowed = of_this_firmware.as_deref().map(|observations| Facts { observations, ..facts.clone() });
    let facts: &Facts<'_> = narrowed.as_ref().unwrap_or(facts);
    let mut results = before_overrides(facts, unit);
    for result in &mut results {
        apply_override(facts, unit, result);
        if unit.preparatory {
            leave_preparation_open(result);
        }
        hold_to_the_laws(result);
    }
    fail_what_failed_before(facts, unit, &mut results);
    results
}

/// What an `override/…` prompt is about as things stand: the facts that a decision on it is to be bound to.
/// `None` if it names no machine verdict.
pub fn facts_of_override(facts: &Facts<'_>, prompt: &str) -> Option<String> {
    let (unit, _) = prompt.strip_prefix("override/")?.split_once('/')?;
    let unit = facts.catalogue.unit(unit)?;
    let of_this_firmware = without_other_firmware(facts, unit);
    let narrowed = of_this_firmware.as_deref().map(|observations| Facts { observations, ..facts.clone() });
    before_overrides(narrowed.as_ref().unwrap_or(facts), unit)
        .iter()
        .find(|result| result.by == By::Machine && override_prompt(&unit.id, result) == prompt)
        .map(|result| override_facts(&unit.id, result))
}

/// What an `override/…` decision may be bound to: the digest of the machine verdict that it reverses.
pub fn override_facts(unit: &str, result: &ItemResult) -> String {
    let text = serde_json::to_vec(&(
        override_prompt(unit, result),
        result.verdict,
        &result.reason,
        &result.evidence,
    ))
    .expect("string keys only");
    probes::observation::digest(&text)
}

/// What the judge of a unit says, or the assessor where it has none, without empty selections that do not
/// stand.
fn before_overrides(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = match judge_of(&unit.id) {
        Some(judge) => (judge.judge)(facts, unit),
        None => crate::assessor::ask_each(facts, unit),
    };
    results.extend(silent_table(facts, unit));
    results.extend(super::documentation::findings(facts, unit));
    if results.is_empty() {
        results.push(inconclusive("-", Reason::new("nothing-exercised"), Blame::Lab));
    }
    for result in &mut results {
        question_emptiness(facts, unit, result);
    }
    results
}

/// Observations without those of another firmware than the ICS names; `None` if there are no others, or
/// if the unit is about updates.
fn without_other_firmware(facts: &Facts<'_>, unit: &Unit) -> Option<Vec<Recorded>> {
    let declared = &facts.declaration.ics.dut.firmware.as_ref()?.value;
    let other = |recorded: &Recorded| {
        recorded.observation.context.firmware.as_ref().is_some_and(|firmware| firmware != declared)
    };
    let about_updates = unit.provision().starts_with("5.3-");
    (!about_updates && facts.observations.iter().any(other))
        .then(|| facts.observations.iter().filter(|recorded| !other(recorded)).cloned().collect())
}

/// A selection over several tables of which one is neither filled nor stated to be empty: "all" cannot be
/// shown, whatever the others have.
fn silent_table(facts: &Facts<'_>, unit: &Unit) -> Option<ItemResult> {
    if unit.for_each.as_deref() != Some("inputs")
        || matches!(facts.selected(unit).emptiness, Emptiness::NothingSaid { .. })
    {
        return None;
    }
    let tables = &facts.declaration.ixit.tables;
    let (silent, _) =
        crate::selection::INPUT_TABLES.into_iter().find(|(table, _)| !tables.contains_key(*table))?;
    let reason = Reason::new("table-not-stated").with("table", silent).with("unit", &unit.id);
    Some(inconclusive(silent, reason, Blame::Documentation))
}

fn inconclusive(item: &str, reason: Reason, blame: Blame) -> ItemResult {
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(blame)
}

/// A unit that applies others again cannot pass an item that failed there: one flow has one verdict.
/// What concerns a unit as a whole is left out, as the selections differ.
fn fail_what_failed_before(facts: &Facts<'_>, unit: &Unit, results: &mut [ItemResult]) {
    for inherited in unit.inherits.iter().filter_map(|id| facts.catalogue.unit(id)) {
        if results.iter().all(|result| result.verdict != Verdict::Pass) {
            return;
        }
        for failed in unit_results(facts, inherited) {
            if failed.verdict != Verdict::Fail || failed.item == crate::algebra::WHOLE_UNIT {
                continue;
            }
            let same = |result: &&mut ItemResult| {
                result.verdict == Verdict::Pass
                    && result.overridden.is_none()
                    && (&result.item, result.state, &result.sample)
                        == (&failed.item, failed.state, &failed.sample)
            };
            for result in results.iter_mut().filter(same) {
                result.verdict = Verdict::Fail;
                result.by = result.by.max(failed.by);
                result.blame = failed.blame;
                result.reason = Reason::new("failed-where-it-is-judged-first")
                    .with("unit", &inherited.id)
                    .with("item", &failed.item)
                    .with("code", &failed.reason.code);
                result.evidence.extend(failed.evidence.iter().cloned());
            }
        }
    }
}

/// Law 4: an empty selection passes only where it may be empty and nothing was found that contradicts it.
fn question_emptiness(facts: &Facts<'_>, unit: &Unit, result: &mut ItemResult) {
    if !result.vacuous || result.verdict != Verdict::Pass {
        return;
    }
    if let Some(objection) = vacuity::objection(facts, unit) {
        result.verdict = Verdict::Inconclusive;
        result.vacuous = false;
        result.blame = Some(objection.blame);
        result.reason = objection.reason;
        result.evidence.extend(objection.evidence);
    }
}

fn override_prompt(unit: &str, result: &ItemResult) -> String {
    format!("override/{}", Prompt::id_of(unit, &result.item, result.state, result.sample.as_deref()))
}

/// An assessor reverses a machine verdict, with a reason; the machine verdict stays beside it. A decision
/// that names other facts than the verdict at hand is a proposal and not applied.
fn apply_override(facts: &Facts<'_>, unit: &Unit, result: &mut ItemResult) {
    if result.by != By::Machine {
        return;
    }
    let signed = facts.decision_by(&override_prompt(&unit.id, result), |decision| {
        decision.role == Role::Assessor && !decision.reason.trim().is_empty()
    });
    let Some(decision) = signed else { return };
    let verdict = match decision.answer.as_text().as_str() {
        "PASS" => Verdict::Pass,
        "FAIL" => Verdict::Fail,
        "INCONCLUSIVE" => Verdict::Inconclusive,
        _ => return,
    };
    let stale = !decision.facts.is_empty() && decision.facts != override_facts(&unit.id, result);
    if stale || verdict == result.verdict {
        return;
    }
    result.overridden = Some(result.verdict);
    result.verdict = verdict;
    result.by = By::Assessor;
    result.blame = match verdict {
        Verdict::Pass => None,
        _ => result.blame.or(Some(Blame::DeviceOrDocumentation)),
    };
    result.reason = Reason::new("overridden")
        .with("person", &decision.person)
        .with("reason", &decision.reason)
        .with("code", &result.reason.code);
    result.evidence.extend(
        decision
            .attachments
            .iter()
            .map(|attachment| EvidenceRef { reference: attachment.clone(), at: String::new() }),
    );
    result.decision = Some(decision.clone());
}

/// A preparation that was not possible leaves the case open; it says nothing of the device.
fn leave_preparation_open(result: &mut ItemResult) {
    if result.verdict == Verdict::Fail {
        result.verdict = Verdict::Inconclusive;
        result.blame = Some(Blame::Lab);
        result.reason = Reason::new("preparation-not-possible").with("code", &result.reason.code);
    }
}

/// Laws 1 and 2: PASS and FAIL carry evidence, whatever the judge forgot; what waits for a person has not
/// passed.
fn hold_to_the_laws(result: &mut ItemResult) {
    if matches!(result.verdict, Verdict::Pass | Verdict::Fail) && result.evidence.is_empty() {
        result.verdict = Verdict::Inconclusive;
        result.blame = Some(Blame::Lab);
        result.reason = Reason::new("evidence-missing").with("code", &result.reason.code);
    }
    if result.open.is_some() && result.verdict < Verdict::Inconclusive {
        result.verdict = Verdict::Inconclusive;
        result.reason = Reason::new("waits-for-assessor");
    }
}
