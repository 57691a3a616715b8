//! How the device lived through outages, set against what a resilience mechanism promises: what goes on meanwhile,
//! how soon the device is back, and whether it is then as it was. 5.9-1 and 5.9-2 judge by it.

mod comparison;
mod contents;
mod peers;
#[cfg(test)]
pub(crate) mod test_outages;

use ixit::companion::{OutageKind, Resilience};
use ixit::{Blame, Row};
use probes::Effort;
use probes::probe::interruption::Interruption;

use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::state::DutState;
use crate::traffic_seen::{Captures, base};
use crate::verdict::Verdict;

pub use peers::call;

/// Outages of the network, in order of distance from the device.
pub const NETWORK: &[OutageKind] =
    &[OutageKind::Link, OutageKind::Uplink, OutageKind::Names, OutageKind::Services];

/// Outages of power.
pub const POWER: &[OutageKind] = &[OutageKind::Power];

/// How much of the device is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What the row promises (5.9-1).
    Promised,
    /// Besides, everything that was asked: local function, and the same or a better state (5.9-2).
    WholeDevice,
}

/// What is judged: a row with its promise, for some kinds of outage.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'r> {
    /// Row.
    pub row: &'r Row,
    /// What it promises.
    pub resilience: &'r Resilience,
    /// Kinds of outage in question.
    pub kinds: &'static [OutageKind],
    /// How much is compared.
    pub scope: Scope,
    /// Outages of each kind that have to be seen.
    pub minimum: u64,
}

/// All outages of one observation.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The observation.
    pub recorded: &'a Recorded,
    /// What it shows.
    pub interruption: Interruption,
}

/// Every observation of outages, in order.
pub fn seen<'a>(facts: &Facts<'a>) -> Vec<Seen<'a>> {
    let results = facts.results::<Interruption>("interruption").into_iter();
    results.map(|(recorded, interruption)| Seen { recorded, interruption }).collect()
}

/// What was seen of the outages of some kinds, a line for each observation.
pub fn lines(facts: &Facts<'_>, kinds: &[OutageKind]) -> Vec<Shown> {
    let of_kind = |seen: &Seen<'_>| kinds.iter().any(|kind| kind.as_str() == seen.interruption.kind);
    seen(facts).iter().filter(|seen| of_kind(seen)).map(line).collect()
}

impl<'r> Promise<'r> {
    /// What a row promises, for those of `kinds` that it covers; `None` without the companion or without such a kind.
    pub fn of(row: &'r Row, kinds: &'static [OutageKind], scope: Scope, minimum: u64) -> Option<Self> {
        let resilience = &row.companions.resilience.as_ref()?.value;
        let promise = Self { row, resilience, kinds, scope, minimum };
        promise.covered().next().is_some().then_some(promise)
    }

    fn covered(&self) -> impl Iterator<Item = OutageKind> {
        self.kinds.iter().copied().filter(|kind| self.resilience.outages.contains(kind))
    }

    /// The verdicts, every result on `item`: each failure, each outage that was not observed, and where there is
    /// neither one PASS a sample.
    pub fn judge(&self, facts: &Facts<'_>, item: &str) -> Vec<ItemResult> {
        let all = seen(facts);
        let mut results = Vec::new();
        for sample in Captures::of(facts).samples(facts) {
            let here: Vec<&Seen<'_>> = all
                .iter()
                .filter(|seen| sample.is_none_or(|id| base(seen.recorded.sample()) == id))
                .collect();
            let mut found = Findings::new(self, item, sample);
            for kind in self.covered() {
                let of_kind: Vec<&Seen<'_>> =
                    here.iter().copied().filter(|seen| seen.interruption.kind == kind.as_str()).collect();
                self.kind(facts, kind, &of_kind, &here, &mut found);
            }
            results.extend(found.results());
        }
        results
    }

    fn kind(
        &self,
        facts: &Facts<'_>,
        kind: OutageKind,
        of_kind: &[&Seen<'_>],
        all: &[&Seen<'_>],
        found: &mut Findings<'_, '_>,
    ) {
        let name = kind.as_str();
        let Some(last) = of_kind.last() else {
            let untold = facts.observed("interruption").filter(|recorded| {
                recorded.observation.params.get("kind").and_then(|value| value.as_str()) == Some(name)
            });
            return match untold.last() {
                Some(recorded) => found.open(recorded, incomplete(recorded, name)),
                None => found.missing(
                    Reason::new("observation-missing").with("probe", format!("interruption {name}")),
                ),
            };
        };
        for seen in of_kind {
            comparison::look(self, facts, kind, seen, all, found);
        }
        let made = of_kind.iter().flat_map(|seen| brought_about(&seen.interruption)).count() as u64;
        if !of_kind.iter().any(|seen| seen.recorded.complete()) {
            found.open(last.recorded, incomplete(last.recorded, name));
        } else if made < self.minimum.max(1) {
            let reason = Reason::new("outage-not-brought-about")
                .with("kind", name)
                .with("minimum", self.minimum.max(1))
                .with("made", made);
            found.open(last.recorded, reason);
        }
    }
}

/// Outages that really happened.
fn brought_about(seen: &Interruption) -> impl Iterator<Item = &probes::probe::interruption::Outage> {
    seen.outages.iter().filter(|outage| outage.by != "nobody")
}

fn incomplete(recorded: &Recorded, kind: &str) -> Reason {
    Reason::new("observation-incomplete")
        .with("probe", format!("interruption {kind}"))
        .with("trouble", recorded.observation.trouble.as_deref().unwrap_or("no reason given"))
}

/// What a judgement of one row and one sample has found so far.
struct Findings<'p, 'r> {
    promise: &'p Promise<'r>,
    item: &'p str,
    sample: Option<&'p str>,
    results: Vec<ItemResult>,
    passed: Vec<(String, probes::EvidenceRef)>,
    effort: Effort,
    /// Accesses that went on, or were as before.
    compared: usize,
    /// Accesses that were served while something failed.
    went_on: usize,
}

impl<'p, 'r> Findings<'p, 'r> {
    fn new(promise: &'p Promise<'r>, item: &'p str, sample: Option<&'p str>) -> Self {
        let (results, passed) = (Vec::new(), Vec::new());
        Self { promise, item, sample, results, passed, effort: Effort::default(), compared: 0, went_on: 0 }
    }

    fn fail(&mut self, recorded: &Recorded, place: String, reason: Reason) {
        let result =
            self.result(Verdict::Fail, reason.with("row", &self.promise.row.id)).blame(Blame::Device);
        let source = self.promise.row.reference("res_mech", "resilience");
        let mut result = result.evidence(recorded.at(place)).effort(&recorded.observation.effort);
        result.reason.source.get_or_insert(source);
        let known = |known: &ItemResult| known.verdict == Verdict::Fail && known.reason == result.reason;
        if !self.results.iter().any(known) {
            self.results.push(result);
        }
    }

    fn open(&mut self, recorded: &Recorded, reason: Reason) {
        let result = self.result(Verdict::Inconclusive, reason.with("row", &self.promise.row.id));
        let result = result.blame(Blame::Lab).evidence(recorded.at("")).effort(&recorded.observation.effort);
        if !self.results.iter().any(|known| known.reason == result.reason) {
            self.results.push(result);
        }
    }

    fn missing(&mut self, reason: Reason) {
        let result = self.result(Verdict::Inconclusive, reason).blame(Blame::Lab);
        self.results.push(result);
    }

    fn result(&self, verdict: Verdict, reason: Reason) -> ItemResult {
        let mut result = ItemResult::machine(self.item, verdict, RestsOn::Observed, reason);
        result.state = Some(DutState::Initialized);
        result.sample = self.sample.map(str::to_owned);
        result
    }

    fn passed(&mut self, recorded: &Recorded, line: String) {
        self.passed.push((line, recorded.at("outages")));
        let effort = &recorded.observation.effort;
        self.effort.attempted += effort.attempted;
        self.effort.completed += effort.completed;
        self.effort.seconds += effort.seconds;
        self.effort.gaps.extend(effort.gaps.iter().cloned());
    }

    fn results(mut self) -> Vec<ItemResult> {
        let promised = &self.promise.resilience;
        let goes_on = !promised.goes_on.is_empty() && self.promise.kinds == NETWORK;
        let nothing = (goes_on && self.went_on == 0 && self.reachable_kind_covered())
            || (!promised.keeps.is_empty() && self.compared == 0);
        if self.results.is_empty() && nothing {
            let rows: Vec<&str> =
                promised.goes_on.iter().chain(&promised.keeps).map(String::as_str).collect();
            let reason = Reason::new("nothing-compared").with("rows", rows.join(", "));
            self.missing(reason);
        }
        if self.results.is_empty() {
            let lines: Vec<&str> = self.passed.iter().map(|(line, _)| line.as_str()).collect();
            let reason = Reason::new("resilient-as-declared")
                .with("row", &self.promise.row.id)
                .with("seen", lines.join("; "))
                .expected_by(self.promise.row.reference("res_mech", "resilience"));
            let mut result = self.result(Verdict::Pass, reason);
            result.evidence = self.passed.iter().map(|(_, evidence)| evidence.clone()).collect();
            result.effort = Some(self.effort.clone());
            self.results.push(result);
        }
        self.results
    }

    fn reachable_kind_covered(&self) -> bool {
        self.promise.covered().any(comparison::reachable_during)
    }
}

fn line(seen: &Seen<'_>) -> Shown {
    let outages: Vec<_> = brought_about(&seen.interruption).collect();
    let served = |answers: &[probes::probe::interruption::Answered]| {
        answers.iter().filter(|answer| answer.outcome == "served").count()
    };
    let during: Vec<String> = outages
        .iter()
        .filter(|outage| !outage.during.is_empty())
        .map(|outage| format!("{} of {}", served(&outage.during), outage.during.len()))
        .collect();
    let back: Vec<String> = outages
        .iter()
        .map(|outage| {
            outage.answered_after.map_or_else(|| "never".to_owned(), |after| format!("{after:.1} s"))
        })
        .collect();
    let text = format!(
        "{}: {} outages; served meanwhile: {}; answered again after: {}; served before {}, after {}",
        seen.interruption.kind,
        outages.len(),
        if during.is_empty() { "not asked".to_owned() } else { during.join(", ") },
        if back.is_empty() { "not seen".to_owned() } else { back.join(", ") },
        served(&seen.interruption.before.answers),
        served(&seen.interruption.after.answers),
    );
    Shown { label: "observed.interruption".to_owned(), text, source: Some(seen.recorded.reference.clone()) }
}
