//! What moved between two assessments, by unit and item: which release is worse, and where.
//!
//! Worse is what moved down the order PASS, INCONCLUSIVE, FAIL, and what fails now and was not assessed
//! before. A move to or from N/A or NOT-CLAIMED says something of the claim, not of the device, and
//! stands apart.

mod page;

use std::collections::BTreeMap;

use serde::Serialize;
use testcases::assessment::{Assessment, ItemRecord, ProvisionResult, ReasonResult, UnitResult};
use testcases::{DutState, Verdict};

pub use page::text;

/// Format name of the JSON.
pub const FORMAT: &str = "hantei.diff/1";

/// An assessment to compare, with the name of its run.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Name of the run.
    pub run: &'a str,
    /// Its assessment.
    pub assessment: &'a Assessment,
}

/// The two runs are assessed against different editions: the same id means different things in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the two runs are of different editions: {run_a} of {edition_a}, {run_b} of {edition_b}; the same id means \
     different things in them"
)]
pub struct EditionsDiffer {
    run_a: String,
    edition_a: String,
    run_b: String,
    edition_b: String,
}

/// How something moved. In the order of what a reader has to know first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// Down the order, or a FAIL that was not there before.
    Worse,
    /// Up the order.
    Better,
    /// To or from N/A or NOT-CLAIMED.
    Applicability,
    /// Only in the second run.
    New,
    /// Only in the first run.
    Gone,
    /// The same verdict for another reason, or on other evidence.
    Evidence,
}

impl Move {
    /// All moves in their order.
    pub const ALL: &[Self] =
        &[Self::Worse, Self::Better, Self::Applicability, Self::New, Self::Gone, Self::Evidence];

    fn of(before: Verdict, after: Verdict) -> Option<Self> {
        let judged = |verdict| !matches!(verdict, Verdict::NotApplicable | Verdict::NotClaimed);
        if before == after {
            None
        } else if judged(before) && judged(after) {
            Some(if after > before { Self::Worse } else { Self::Better })
        } else {
            Some(if after == Verdict::Fail { Self::Worse } else { Self::Applicability })
        }
    }
}

/// What the header says of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// Name of the run.
    pub run: String,
    /// Model as declared.
    pub model: Option<String>,
    /// Firmware as read from the device, else as declared.
    pub firmware: Option<String>,
    /// Assessment date.
    pub date: String,
    /// Verdict on the claim.
    pub verdict: Verdict,
    /// Verdict over the mandatory provisions.
    pub verdict_mandatory: Verdict,
    /// Nothing was left out.
    pub complete: bool,
    /// Of the simulated lab.
    pub demonstration: bool,
}

/// What one run says of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// Verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: ReasonResult,
    /// Evidence, as references.
    pub evidence: Vec<String>,
}

/// An item that moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemMove {
    /// How.
    pub moved: Move,
    /// Item.
    pub item: String,
    /// State.
    pub state: Option<DutState>,
    /// Sample.
    pub sample: Option<String>,
    /// The first run; `None` if it is not there.
    pub before: Option<Said>,
    /// The second run.
    pub after: Option<Said>,
    /// The reason or what was seen is another one, not only the evidence that holds it.
    pub reason_changed: bool,
}

/// A unit that moved, itself or by its items; or a provision that moved by its claim, without units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitMove {
    /// The first of all its moves.
    pub moved: Move,
    /// Unit, or provision where its claim decides.
    pub id: String,
    /// Verdict in the first run.
    pub before: Option<Verdict>,
    /// Verdict in the second run.
    pub after: Option<Verdict>,
    /// Items that moved.
    pub items: Vec<ItemMove>,
}

/// How many units and items moved in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Units, each counted once, by the first of its moves.
    pub units: usize,
    /// Items.
    pub items: usize,
}

/// What moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Edition of both.
    pub edition: String,
    /// The first run.
    pub a: RunLine,
    /// The second run.
    pub b: RunLine,
    /// Something is worse in the second run.
    pub worse: bool,
    /// Numbers by move; all moves are listed.
    pub counts: BTreeMap<Move, Moved>,
    /// Units in the order of the catalogue.
    pub units: Vec<UnitMove>,
}

impl Diff {
    /// The diff as JSON, with a line end.
    ///
    /// # Panics
    /// Never: the values are plain.
    pub fn json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("plain values");
        bytes.push(b'\n');
        bytes
    }
}

/// Compares two assessments: what moved from the first to the second.
///
/// # Errors
/// They are of different editions.
pub fn compare(a: Side<'_>, b: Side<'_>) -> Result<Diff, EditionsDiffer> {
    if a.assessment.edition != b.assessment.edition {
        return Err(EditionsDiffer {
            run_a: a.run.to_owned(),
            edition_a: a.assessment.edition.clone(),
            run_b: b.run.to_owned(),
            edition_b: b.assessment.edition.clone(),
        });
    }
    let mut units = Vec::new();
    for (before, after) in paired(&a.assessment.provisions, &b.assessment.provisions, |one| one.id.clone()) {
        let from = units.len();
        let all = |provision: Option<&ProvisionResult>| -> Vec<UnitResult> {
            provision.iter().flat_map(|one| &one.cases).flat_map(|case| case.units.clone()).collect()
        };
        let (earlier, later) = (all(before), all(after));
        units.extend(paired(&earlier, &later, |unit| unit.id.clone()).into_iter().filter_map(unit_move));
        // A claim can move a provision whose units stay as they are.
        units.splice(from..from, provision_move(before, after));
    }
    let mut counts: BTreeMap<Move, Moved> = Move::ALL.iter().map(|one| (*one, Moved::default())).collect();
    for unit in &units {
        counts.entry(unit.moved).or_default().units += 1;
        for item in &unit.items {
            counts.entry(item.moved).or_default().items += 1;
        }
    }
    let overall = [
        (a.assessment.verdict, b.assessment.verdict),
        (a.assessment.verdict_mandatory, b.assessment.verdict_mandatory),
    ];
    let worse = units.iter().any(|unit| unit.moved == Move::Worse)
        || overall.iter().any(|(before, after)| Move::of(*before, *after) == Some(Move::Worse));
    Ok(Diff {
        format: FORMAT,
        edition: a.assessment.edition.clone(),
        a: run_line(a),
        b: run_line(b),
        worse,
        counts,
        units,
    })
}

fn run_line(side: Side<'_>) -> RunLine {
    let Side { run, assessment } = side;
    let dut = &assessment.dut;
    RunLine {
        run: run.to_owned(),
        model: dut.model.clone(),
        firmware: dut.firmware_read.clone().or_else(|| dut.firmware.clone()),
        date: assessment.date.clone(),
        verdict: assessment.verdict,
        verdict_mandatory: assessment.verdict_mandatory,
        complete: assessment.complete,
        demonstration: assessment.demonstration,
    }
}

/// What both lists have, by key, in the order of the second; what only the first has follows. Where a key
/// stands several times, the first meets the first, the second the second.
fn paired<'a, T, K: Ord + Clone>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&T) -> K,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let numbered = |list: &'a [T]| -> Vec<((K, usize), &'a T)> {
        let mut times: BTreeMap<K, usize> = BTreeMap::new();
        let number = |one: &'a T| {
            let key = key(one);
            let time = times.entry(key.clone()).or_default();
            *time += 1;
            ((key, *time), one)
        };
        list.iter().map(number).collect()
    };
    let before = numbered(before);
    let mut known: BTreeMap<(K, usize), &T> = before.iter().cloned().collect();
    let mut pairs: Vec<_> =
        numbered(after).into_iter().map(|(key, one)| (known.remove(&key), Some(one))).collect();
    pairs.extend(before.iter().filter(|(key, _)| known.contains_key(key)).map(|(_, one)| (Some(*one), None)));
    pairs
}

/// The move of a provision by its claim: one of the two verdicts does not come from its cases.
fn provision_move(before: Option<&ProvisionResult>, after: Option<&ProvisionResult>) -> Option<UnitMove> {
    let by_claim =
        before.is_some_and(|one| one.reason.is_some()) || after.is_some_and(|one| one.reason.is_some());
    let moved = verdict_move(before.map(|one| one.verdict), after.map(|one| one.verdict))?;
    by_claim.then(|| UnitMove {
        moved,
        id: before.or(after).map_or_else(String::new, |one| one.id.clone()),
        before: before.map(|one| one.verdict),
        after: after.map(|one| one.verdict),
        items: Vec::new(),
    })
}

fn unit_move((before, after): (Option<&UnitResult>, Option<&UnitResult>)) -> Option<UnitMove> {
    let none: &[ItemRecord] = &[];
    let (earlier, later) = (before.map_or(none, |unit| &unit.items), after.map_or(none, |unit| &unit.items));
    let key = |item: &ItemRecord| (item.item.clone(), item.state.map(DutState::as_str), item.sample.clone());
    let mut items: Vec<ItemMove> = paired(earlier, later, key).into_iter().filter_map(item_move).collect();
    items.sort_by(|one, other| one.item.cmp(&other.item));
    let own = verdict_move(before.map(|unit| unit.verdict), after.map(|unit| unit.verdict));
    let moved = own.into_iter().chain(items.iter().map(|item| item.moved)).min()?;
    Some(UnitMove {
        moved,
        id: before.or(after).map_or_else(String::new, |unit| unit.id.clone()),
        before: before.map(|unit| unit.verdict),
        after: after.map(|unit| unit.verdict),
        items,
    })
}

fn item_move((before, after): (Option<&ItemRecord>, Option<&ItemRecord>)) -> Option<ItemMove> {
    let one = before.or(after)?;
    let said = |item: &ItemRecord| Said {
        verdict: item.verdict,
        reason: item.reason.clone(),
        evidence: item.evidence.iter().map(|evidence| evidence.reference.clone()).collect(),
    };
    let (earlier, later) = (before.map(said), after.map(said));
    let reason_changed = match (&earlier, &later) {
        (Some(earlier), Some(later)) => earlier.reason != later.reason,
        _ => false,
    };
    let moved = verdict_move(before.map(|item| item.verdict), after.map(|item| item.verdict))
        .or_else(|| (earlier != later).then_some(Move::Evidence))?;
    Some(ItemMove {
        moved,
        item: one.item.clone(),
        state: one.state,
        sample: one.sample.clone(),
        before: earlier,
        after: later,
        reason_changed,
    })
}

fn verdict_move(before: Option<Verdict>, after: Option<Verdict>) -> Option<Move> {
    match (before, after) {
        (Some(before), Some(after)) => Move::of(before, after),
        // What was not there before and fails is worse than it was.
        (None, Some(Verdict::Fail)) => Some(Move::Worse),
        (None, Some(_)) => Some(Move::New),
        (Some(_), None) => Some(Move::Gone),
        (None, None) => None,
    }
}
