//! What became of input that a row does not expect.
//!
//! The machine fails a row where an input ended the device again when it was sent alone, where a value outside the
//! declared limits is kept, and where what had to be refused was carried out. It passes a row where every family was
//! tried at every declared input, and all was refused or had no effect. What can be read in two ways, and rows whose
//! input no program can send, are for a person.

use ixit::{Blame, Row};
use probes::EvidenceRef;
use probes::probe::hostile_input::{Finding, HostileInput, InputTried};

use super::unexpected_writes;
use crate::assessor::empty_selection;
use crate::assisted::{self, companions};
use crate::catalogue::Unit;
use crate::facts::{Facts, Question, Recorded};
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Inputs of each declared one where the catalogue says nothing.
const USUAL_MINIMUM: u64 = 300;
/// The same in the short run of a simulated device, which tries out the harness itself.
const MATRIX_MINIMUM: u64 = 30;
/// Findings that a person is shown.
pub(super) const SHOWN_AT_MOST: usize = 24;

/// Findings that fail, the worst first, and their codes.
const FAILING: [(&str, &str); 7] = [
    ("crash", "input-ends-device"),
    ("hang", "input-hangs-device"),
    ("order-carried-out", "input-carried-out-as-order"),
    ("file-read", "input-reads-file"),
    ("stored-beyond-limits", "input-stored-beyond-limits"),
    ("processed", "unexpected-input-processed"),
    ("markup-unescaped", "input-given-back-as-markup"),
];

/// 5.13-1-2 a: one result for each row, and for each sample where there are several.
pub(super) fn is_kept_from_being_processed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let seen = facts.results::<HostileInput>("hostile-input");
    let mut results = Vec::new();
    for item in &selected.items {
        let over_bluetooth = unexpected_writes::concern(facts, item);
        if over_bluetooth {
            results.extend(unexpected_writes::judged(facts, unit, item));
        }
        if item.row.companions.inputs.is_empty() && over_bluetooth {
            continue;
        }
        if item.row.companions.inputs.is_empty() {
            let shown = companions(item, &["sources"]);
            results.push(assisted::ask_about(facts, unit, item, shown, None));
        } else if seen.is_empty() {
            results.push(not_observed(facts, item.row));
        }
        for (recorded, trials) in &seen {
            if !item.row.companions.inputs.is_empty() {
                results.push(judged(facts, unit, item, recorded, trials, seen.len() > 1));
            }
        }
    }
    results
}

fn not_observed(facts: &Facts<'_>, row: &Row) -> ItemResult {
    let unread = facts.observed("hostile-input").last();
    let reason = match unread {
        Some(recorded) => Reason::new("observation-incomplete")
            .with("probe", "hostile-input")
            .with("trouble", recorded.observation.trouble.as_deref().unwrap_or("its result cannot be read")),
        None => Reason::new("observation-missing").with("probe", "hostile-input"),
    };
    ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

fn judged(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    recorded: &Recorded,
    trials: &HostileInput,
    several: bool,
) -> ItemResult {
    let row = item.row;
    let tried: Vec<&InputTried> = trials.inputs.iter().filter(|tried| tried.row == row.id).collect();
    let place = |mut result: ItemResult| {
        result.effort = Some(recorded.observation.effort.clone());
        result.seen_in(Some(DutState::Initialized), recorded.sample())
    };
    if let Some((input, finding, code)) = failing(&tried, |input| &input.findings) {
        let failure = Failure { row, input: &input.label, finding, code };
        return place(failure.result("inputs", recorded.at(format!("request {}", finding.n))));
    }
    if let Some(reason) = too_little(unit, row, recorded, trials, &tried) {
        let result = ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason);
        return place(result.blame(Blame::Lab).evidence(recorded.at("inputs")));
    }
    let doubtful = doubts(&tried, recorded);
    if !doubtful.is_empty() {
        return asked(facts, unit, item, recorded, doubtful, several);
    }
    let sent: u64 = tried.iter().map(|input| count(input)).sum();
    let reason = Reason::new("unexpected-input-refused")
        .with("row", &row.id)
        .with("sent", sent)
        .with("inputs", tried.iter().map(|input| input.label.as_str()).collect::<Vec<_>>().join(", "))
        .with("families", "type, value, cardinality, order, size, malformed")
        .expected_by(row.reference("inp_val", "inputs"));
    let result = ItemResult::machine(&row.id, Verdict::Pass, RestsOn::Observed, reason);
    place(result.evidence(recorded.at("inputs")))
}

/// The worst finding with the place that it was found at: one that came about again before one that did not.
pub(super) fn failing<'a, T>(
    tried: &[&'a T],
    findings: impl Fn(&'a T) -> &'a [Finding],
) -> Option<(&'a T, &'a Finding, &'static str)> {
    for reproduced in [true, false] {
        for (what, code) in FAILING {
            for at in tried {
                let mut found = findings(at).iter();
                let found = found.find(|finding| finding.what == what && finding.reproduced == reproduced);
                if let Some(finding) = found {
                    return Some((at, finding, code));
                }
            }
        }
    }
    None
}

/// A finding that decides about a row.
pub(super) struct Failure<'a> {
    pub(super) row: &'a Row,
    /// The declared input.
    pub(super) input: &'a str,
    pub(super) finding: &'a Finding,
    pub(super) code: &'static str,
}

impl Failure<'_> {
    /// FAIL where it came about again; what was seen once is the lab's to look at. `declared` is what the row
    /// declares of it.
    pub(super) fn result(&self, declared: &str, evidence: EvidenceRef) -> ItemResult {
        let Self { row, input, finding, code } = *self;
        let (verdict, code, blame) = match finding.reproduced {
            true => (Verdict::Fail, code, Blame::Device),
            false => (Verdict::Inconclusive, "device-ended-once", Blame::Lab),
        };
        let case = format!("{} {}", finding.generator, finding.number);
        let smallest = finding.minimized.as_ref().map_or_else(String::new, |small| {
            format!("; made smaller to {} octets of body: {}", small.octets, small.shown)
        });
        let reason = Reason::new(code)
            .with("row", &row.id)
            .with("input", input)
            .with("family", &finding.family)
            .with("told", &finding.told)
            .with("case", case)
            .with("found", format!("{}{smallest}", finding.seen))
            .expected_by(row.reference("inp_val", declared));
        let mut result = ItemResult::machine(&row.id, verdict, RestsOn::Observed, reason).blame(blame);
        result.evidence.push(evidence);
        if let Some(minimized) = &finding.minimized {
            let reference = minimized.reference.clone();
            result.evidence.push(EvidenceRef { reference, at: String::new() });
        }
        result
    }
}

/// Why the effort is not enough for a pass.
fn too_little(
    unit: &Unit,
    row: &Row,
    recorded: &Recorded,
    trials: &HostileInput,
    tried: &[&InputTried],
) -> Option<Reason> {
    let trouble = recorded.observation.trouble.as_deref();
    if tried.len() < row.companions.inputs.len() {
        let trouble = trouble.unwrap_or("not every declared input was tried");
        return Some(
            Reason::new("observation-incomplete").with("probe", "hostile-input").with("trouble", trouble),
        );
    }
    let uncontrolled =
        tried.iter().find(|input| input.control_before != "taken" || input.control_after != "taken");
    if let Some(input) = uncontrolled {
        let control = match input.control_before.as_str() {
            "taken" => format!("after the inputs: {}", input.control_after),
            before => format!("before the inputs: {before}"),
        };
        return Some(
            Reason::new("input-control-failed")
                .with("input", &input.label)
                .with("row", &row.id)
                .with("control", control)
                .with("trouble", trouble.unwrap_or("-"))
                .expected_by(row.reference("inp_val", "inputs")),
        );
    }
    let minimum = unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == "hostile-input");
    let minimum = minimum.map_or(USUAL_MINIMUM, |minimum| minimum.completed);
    let minimum = match trials.profile.as_deref() {
        Some("matrix") => minimum.min(MATRIX_MINIMUM),
        _ => minimum,
    };
    let short = |input: &&&InputTried| {
        count(input) < minimum
            || input.families.is_empty()
            || input.families.iter().any(|family| family.sent == 0 || family.sent < family.planned)
    };
    tried.iter().find(short).map(|input| {
        Reason::new("too-few-unexpected-inputs")
            .with("input", &input.label)
            .with("minimum", minimum)
            .with("sent", count(input))
            .with("trouble", trouble.unwrap_or("-"))
    })
}

fn count(input: &InputTried) -> u64 {
    input.families.iter().map(|family| u64::from(family.sent)).sum()
}

/// What a person has to look at.
fn doubts(tried: &[&InputTried], recorded: &Recorded) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut say = |text: String| {
        shown.push(Shown {
            label: "observed.hostile-input".to_owned(),
            text,
            source: Some(recorded.reference.clone()),
        });
    };
    for input in tried {
        for finding in &input.findings {
            say(format!(
                "{}: {} ({}, {} {}): {}: {}",
                input.label,
                finding.what,
                finding.family,
                finding.generator,
                finding.number,
                finding.told,
                finding.seen
            ));
        }
        // What is answered the same way whatever is sent, and never shown, tells nothing.
        let unclear: u32 = input.families.iter().map(|family| family.unclear).sum();
        if unclear > 0 && !input.state_read && input.kind != "datagram" {
            say(format!(
                "{}: {unclear} answers do not tell whether the input was taken, and the state is not shown",
                input.label
            ));
        }
    }
    shown.truncate(SHOWN_AT_MOST);
    shown
}

fn asked(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    recorded: &Recorded,
    doubtful: Vec<Shown>,
    several: bool,
) -> ItemResult {
    let mut shown = facts.shown_of_row(unit, item.table, item.row);
    shown.extend(doubtful);
    let mut result = facts.ask(Question {
        by: By::Assisted,
        shown,
        prejudgement: Some(Verdict::Fail),
        sample: several.then(|| recorded.sample().to_owned()),
        ..Question::on(unit, &item.row.id)
    });
    result.effort = Some(recorded.observation.effort.clone());
    result
}

#[cfg(test)]
#[path = "unexpected_input_tests.rs"]
mod tests;
