//! What became of values and PDUs over Bluetooth LE that a row does not expect. A PDU that ends the device lies below
//! every value, so it counts for each row whose input comes this way.

use ixit::{Blame, Row};
use probes::Outcome;
use probes::probe::ble_hostile_input::{BleHostileInput, Tried};
use probes::probe::hostile_input::Finding;

use super::unexpected_input::{Failure, SHOWN_AT_MOST, failing};
use crate::catalogue::Unit;
use crate::facts::{Facts, Question, Recorded};
use crate::judge::{By, ItemResult, RestsOn};
use crate::observing::ble_hostile_input::is_over_bluetooth;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// The probe.
pub(super) const PROBE: &str = "ble-hostile-input";
/// Unexpected values and PDUs of a row, at least.
const USUAL_MINIMUM: u64 = 300;
/// The same in the short run of a simulated device, which tries out the harness itself.
const MATRIX_MINIMUM: u64 = 30;

/// Whether a row is judged here: its input comes over Bluetooth LE, and what comes in is declared so that a program
/// can write it.
pub(super) fn concern(facts: &Facts<'_>, item: &Item<'_>) -> bool {
    !item.unclassified && is_over_bluetooth(facts.declaration, item.row)
}

/// One result for each observation.
pub(super) fn judged(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>) -> Vec<ItemResult> {
    let row = item.row;
    let observed: Vec<&Recorded> = facts.observed(PROBE).collect();
    if observed.is_empty() {
        return vec![not_scanned(row)];
    }
    let several = observed.len() > 1;
    let one = |recorded: &&Recorded| match recorded.observation.read::<BleHostileInput>() {
        Some(seen) => of_observation(facts, unit, item, recorded, &seen, several),
        None => place(not_scanned(row), recorded),
    };
    observed.iter().map(one).collect()
}

fn not_scanned(row: &Row) -> ItemResult {
    let reason = Reason::new("radio-not-scanned").with("row", &row.id);
    ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason)
        .blame(Blame::Lab)
        .declared(row.reference("inp_val", "sources"))
}

fn place(mut result: ItemResult, recorded: &Recorded) -> ItemResult {
    result.effort = Some(recorded.observation.effort.clone());
    result.seen_in(Some(DutState::Initialized), recorded.sample())
}

fn of_observation(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    recorded: &Recorded,
    seen: &BleHostileInput,
    several: bool,
) -> ItemResult {
    let row = item.row;
    // What lies below every value belongs to each row.
    let of_row = |tried: &&Tried| tried.row == row.id || tried.row.is_empty();
    let tried: Vec<&Tried> = seen.tried.iter().filter(of_row).collect();
    if let Some((at, finding, code)) = failing(&tried, |at| &at.findings) {
        let failure = Failure { row, input: &named(at), finding, code };
        return place(failure.result("description", recorded.at(format!("line {}", finding.n))), recorded);
    }
    if recorded.observation.outcome == Outcome::ToolTrouble || seen.not_scanned {
        return place(not_scanned(row).evidence(recorded.at("subjects")), recorded);
    }
    if let Some(reason) = too_little(row, recorded, seen, &tried) {
        let result = ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason);
        return place(result.blame(Blame::Lab).evidence(recorded.at("tried")), recorded);
    }
    let doubtful = doubts(&tried, recorded);
    if !doubtful.is_empty() {
        let mut shown = facts.shown_of_row(unit, item.table, row);
        shown.extend(doubtful);
        let asked = facts.ask(Question {
            by: By::Assisted,
            shown,
            prejudgement: Some(Verdict::Fail),
            sample: several.then(|| recorded.sample().to_owned()),
            ..Question::on(unit, &row.id)
        });
        return place(asked, recorded);
    }
    let sent: u64 = tried.iter().map(|tried| tried.sent()).sum();
    let mut labels: Vec<&str> = tried.iter().map(|tried| tried.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let reason = Reason::new("unexpected-input-refused")
        .with("row", &row.id)
        .with("sent", sent)
        .with("inputs", labels.join(", "))
        .with("families", "type, value, cardinality, order, size, malformed")
        .expected_by(row.reference("inp_val", "description"));
    let result = ItemResult::machine(&row.id, Verdict::Pass, RestsOn::Observed, reason);
    place(result.evidence(recorded.at("tried")), recorded)
}

/// A place, as inputs of the network are named.
fn named(tried: &Tried) -> String {
    format!("{} over Bluetooth LE (as {})", tried.label, tried.subject)
}

/// Why the effort is not enough for a pass.
fn too_little(row: &Row, recorded: &Recorded, seen: &BleHostileInput, tried: &[&Tried]) -> Option<Reason> {
    let trouble = recorded.observation.trouble.as_deref();
    let incomplete = |trouble: &str| {
        Reason::new("observation-incomplete").with("probe", PROBE).with("trouble", trouble.to_owned())
    };
    if !recorded.complete() {
        return Some(incomplete(trouble.unwrap_or("it ended before its end")));
    }
    let entitled: Vec<&&Tried> = tried.iter().filter(|tried| tried.may).collect();
    if entitled.is_empty() {
        return Some(incomplete("nobody who may write tried to"));
    }
    // Who is refused for what they are, and never for what they sent, has not met the check.
    let unmet = entitled.iter().find(|tried| {
        let control = |control: &str| control == "refused" || control == "no-answer";
        tried.looked_at == 0 || control(&tried.control_before) || control(&tried.control_after)
    });
    if let Some(unmet) = unmet {
        let control = format!(
            "before the inputs: {}, after them: {}, answers about a value: {}",
            unmet.control_before, unmet.control_after, unmet.looked_at
        );
        return Some(
            Reason::new("input-control-failed")
                .with("input", named(unmet))
                .with("row", &row.id)
                .with("control", control)
                .with("trouble", trouble.unwrap_or("-"))
                .expected_by(row.reference("inp_val", "description")),
        );
    }
    let least = if seen.profile.as_deref() == Some("matrix") { MATRIX_MINIMUM } else { USUAL_MINIMUM };
    let sent: u64 = tried.iter().map(|tried| tried.sent()).sum();
    let layers = tried.iter().any(|tried| tried.row.is_empty() && tried.sent() > 0);
    let cut = tried.iter().any(|tried| tried.families.iter().any(|family| family.sent < family.planned));
    (sent < least || cut || !layers).then(|| {
        Reason::new("too-few-unexpected-inputs")
            .with("input", "Bluetooth LE")
            .with("minimum", least)
            .with("sent", sent)
            .with("trouble", trouble.unwrap_or("-"))
    })
}

/// What a person has to look at.
fn doubts(tried: &[&Tried], recorded: &Recorded) -> Vec<Shown> {
    let line = |at: &Tried, finding: &Finding| Shown {
        label: "observed.hostile-input".to_owned(),
        text: format!(
            "{}: {} ({}, {} {}): {}: {}",
            named(at),
            finding.what,
            finding.family,
            finding.generator,
            finding.number,
            finding.told,
            finding.seen
        ),
        source: Some(recorded.reference.clone()),
    };
    let findings = tried.iter().flat_map(|at| at.findings.iter().map(move |finding| line(at, finding)));
    findings.take(SHOWN_AT_MOST).collect()
}

#[cfg(test)]
#[path = "unexpected_writes_tests.rs"]
mod tests;
