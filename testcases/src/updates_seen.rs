//! What the trials with update packages show of a mechanism, set against what it guarantees. 5.3-1 and 5.3-2 judge by
//! it.
//!
//! What was installed and must not be is a failure of its own, and so is a device that does not come back. An older
//! package of the supplier is another matter: whether it may be installed is for a person, with the promise of the
//! mechanism beside it. A PASS needs every attack that the catalogue names for the way of the package, each with a
//! device that took what it was offered in hand, and at last the authentic package installed.

mod declared;
pub(crate) mod endurance;
#[cfg(test)]
pub(crate) mod test_trials;
mod verdicts;

use ixit::Blame;
use probes::EvidenceRef;
use probes::probe::update_trials::{UpdateFacts, UpdateTrial};

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

pub use declared::Mechanism;
pub(crate) use verdicts::runs_what_was_offered;

/// Name of the probe.
pub const PROBE: &str = "update-trials";

/// Companions that a person is shown beside the prose of a mechanism.
const SHOWN: &[&str] = &["update", "package", "crypto", "endpoint"];

/// Whether every selected mechanism withstood the attacks: results of each observation, on the row.
pub fn attacks_withstood(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item, mechanism| {
        let seen = seen(facts, mechanism);
        if seen.is_empty() {
            return vec![not_observed(facts, mechanism)];
        }
        seen.iter().flat_map(|seen| verdicts::Look { facts, unit, item, mechanism, seen }.results()).collect()
    })
}

/// Asks a person whether the attacks on every selected mechanism were designed as they should be: shown are those that
/// follow from the declared way, and what became of each.
pub fn attacks_designed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item, mechanism| {
        let wanted = mechanism.attacks(unit);
        let names: Vec<&str> = wanted.iter().map(|attack| attack.as_str()).collect();
        let mut shown = companions(item, SHOWN);
        shown.push(Shown { label: "computed.attacks".to_owned(), text: names.join(", "), source: None });
        let seen = seen(facts, mechanism);
        shown.extend(seen.iter().flat_map(|seen| lines(seen)));
        let covered = |seen: &Seen<'_>| {
            wanted.iter().all(|attack| seen.facts.trials.iter().any(|trial| trial.attack == *attack))
        };
        let all = !seen.is_empty() && seen.iter().all(covered);
        vec![ask_about(facts, unit, item, shown, all.then_some(Verdict::Pass))]
    })
}

/// The selected mechanisms. One whose package is not described, or whose row cannot be classified, is for a person.
fn each(
    facts: &Facts<'_>,
    unit: &Unit,
    judge: impl Fn(&Item<'_>, &Mechanism<'_>) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    for item in &selected.items {
        match Mechanism::of(facts.declaration, item).filter(|_| !item.unclassified) {
            Some(mechanism) => results.extend(judge(item, &mechanism)),
            None => results.push(ask_about(facts, unit, item, companions(item, SHOWN), None)),
        }
    }
    results
}

/// The trials of one mechanism on one sample.
struct Seen<'a> {
    recorded: &'a Recorded,
    facts: UpdateFacts,
}

impl Seen<'_> {
    /// The trials with their numbers, from 1, and the version that was on the device before each.
    fn trials(&self) -> impl Iterator<Item = Tried<'_>> {
        let first = self.facts.version_before.as_deref();
        // What a trial installed is taken off again before the next one.
        let put_back = self.facts.restored != Some(false);
        let before =
            std::iter::once(first).chain(self.facts.trials.iter().map(move |trial| match trial.installed {
                Some(true) if put_back => first,
                _ => trial.version_after.as_deref(),
            }));
        let numbered = self.facts.trials.iter().zip(before).enumerate();
        numbered.map(|(n, (trial, before))| Tried { n: n + 1, trial, before })
    }

    fn at(&self, tried: &Tried<'_>) -> EvidenceRef {
        self.recorded.at(format!("trial {} ({})", tried.n, tried.trial.attack.as_str()))
    }
}

/// A trial with its surroundings.
#[derive(Clone, Copy)]
struct Tried<'t> {
    n: usize,
    trial: &'t UpdateTrial,
    before: Option<&'t str>,
}

impl Tried<'_> {
    fn name(&self) -> String {
        match &self.trial.how {
            Some(how) => format!("{} ({how})", self.trial.attack.as_str()),
            None => self.trial.attack.as_str().to_owned(),
        }
    }

    fn clear(&self) -> bool {
        self.trial.outcome == "clear"
    }
}

fn seen<'a>(facts: &Facts<'a>, mechanism: &Mechanism<'_>) -> Vec<Seen<'a>> {
    let results = facts.results::<UpdateFacts>(PROBE).into_iter();
    results
        .filter(|(_, facts)| facts.row == mechanism.row.id)
        .map(|(recorded, facts)| Seen { recorded, facts })
        .collect()
}

fn not_observed(facts: &Facts<'_>, mechanism: &Mechanism<'_>) -> ItemResult {
    let row = &mechanism.row.id;
    let untold = facts.observed(PROBE).filter(|recorded| {
        recorded.observation.params.get("row").and_then(|value| value.as_str()) == Some(row)
    });
    let result =
        |reason| ItemResult::machine(row, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab);
    match untold.last() {
        None => result(Reason::new("observation-missing").with("probe", format!("{PROBE} {row}"))),
        Some(recorded) => {
            let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
            let reason = Reason::new("observation-incomplete").with("probe", PROBE).with("trouble", trouble);
            result(reason).evidence(recorded.at("")).seen_in(recorded.state(), recorded.sample())
        }
    }
}

/// What a person is told of the trials: a line for each, and for each that was left out.
fn lines(seen: &Seen<'_>) -> Vec<Shown> {
    let label = format!("observed.{PROBE}");
    let line = |text| Shown { label: label.clone(), text, source: Some(seen.recorded.reference.clone()) };
    let tried = seen.trials().map(|tried| {
        let told = |version: Option<&str>| version.unwrap_or("unknown").to_owned();
        let installed = match tried.trial.installed {
            Some(true) => "installed",
            Some(false) => "not installed",
            None => "cannot be told",
        };
        let fetched =
            if tried.trial.fetched_whole { "image fetched whole" } else { "image not fetched whole" };
        let alive = if tried.trial.alive { "" } else { ", the device does not answer" };
        line(format!(
            "{}, offered as {}: {installed}, {fetched}; version {} before, {} after{alive}; {}",
            tried.name(),
            told(tried.trial.offered_version.as_deref()),
            told(tried.before),
            told(tried.trial.version_after.as_deref()),
            tried.trial.outcome,
        ))
    });
    let left = seen.facts.not_tried.iter();
    let left = left.map(|left| line(format!("{}: left out, {}", left.attack.as_str(), left.why)));
    tried.chain(left).collect()
}
