//! What the probe update-endurance shows of the mechanisms that fetch, for the cases beyond the standard that read it.

use ixit::Blame;
use ixit::companion::PackageWay;
use probes::probe::update_endurance::{EnduranceFacts, Stream};
use probes::probe::update_trials::{Attack, UpdateTrial};

use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::observing::access_control::sorted;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Name of the probe.
pub(crate) const PROBE: &str = "update-endurance";

/// What was offered to one mechanism on one sample.
pub(crate) struct Offered<'a> {
    /// Of which case; its least effort stands in its data.
    case: &'static str,
    recorded: &'a Recorded,
    /// The facts.
    pub(crate) facts: EnduranceFacts,
}

/// Results on every declared mechanism that fetches, each observation by itself; a mechanism of which nothing is known
/// gets one that says so.
pub(crate) fn each(
    facts: &Facts<'_>,
    case: &'static str,
    judge: impl Fn(&Offered<'_>) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let mut results = Vec::new();
    for row in sorted(facts.declaration, "upd_mech") {
        match row.companions.package.as_ref().map(|package| package.value.way) {
            None => results.push(open(&row.id, "plus-update-not-described", Blame::Documentation)),
            // The bench stands in for a server, and there is none.
            Some(PackageWay::Upload) => {}
            Some(PackageWay::Pull) => {
                let seen = facts.results::<EnduranceFacts>(PROBE).into_iter();
                let mut seen = seen.filter(|(_, facts)| facts.offered.row == row.id).peekable();
                if seen.peek().is_none() {
                    results.push(open(&row.id, "plus-update-not-played", Blame::Lab));
                }
                let judged = seen.flat_map(|(recorded, facts)| judge(&Offered { case, recorded, facts }));
                results.extend(judged);
            }
        }
    }
    if results.is_empty() {
        results.push(open("-", "plus-update-none-fetched", Blame::Documentation));
    }
    results
}

fn open(item: &str, code: &str, blame: Blame) -> ItemResult {
    let reason = Reason::new(code).with("row", item).expected_by("plus");
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(blame)
}

impl Offered<'_> {
    /// The trials with an attack, with their numbers from 1.
    pub(crate) fn tried(&self, attack: Attack) -> impl Iterator<Item = (u64, &UpdateTrial)> {
        let trials = (1..).zip(&self.facts.offered.trials);
        trials.filter(move |(_, trial)| trial.attack == attack)
    }

    /// The streams of a trial.
    pub(crate) fn streams(&self, trial: u64) -> impl Iterator<Item = &Stream> {
        self.facts.streams.iter().filter(move |stream| stream.trial == trial)
    }

    /// The list of the newest version is fetched too, so that it can be played with.
    pub(crate) fn has_list(&self) -> bool {
        self.recorded.observation.params.get("manifest").is_some_and(|manifest| manifest.is_string())
    }

    /// The declaration names the place of the list that says until when it is valid.
    pub(crate) fn declares_expiry(&self) -> bool {
        self.has_list()
            && self.recorded.observation.params.get("expires_key").is_some_and(|key| key.is_string())
    }

    /// Why an attack was left out.
    pub(crate) fn why_not(&self, attack: Attack) -> String {
        let left = self.facts.offered.not_tried.iter().find(|left| left.attack == attack);
        let why = left.map(|left| left.why.clone()).or_else(|| self.recorded.observation.trouble.clone());
        format!("{}: {}", attack.as_str(), why.as_deref().unwrap_or("not tried"))
    }

    /// Less was tried than the case wants behind a PASS; how much.
    pub(crate) fn too_little(&self) -> Option<String> {
        let minimum = crate::plus::data_of(self.case)?.minimum_effort.as_ref()?;
        let done = self.recorded.observation.effort.completed;
        let short = minimum.probe == PROBE && done < minimum.completed;
        short.then(|| format!("{done} trials with a clear end, of at least {}", minimum.completed))
    }

    /// Why no authentic package is known to be taken.
    pub(crate) fn no_control(&self) -> ItemResult {
        let found = self.tried(Attack::Authentic).last().map(|(_, trial)| {
            let after = trial.version_after.as_deref().unwrap_or("unknown");
            let said = trial.refusal.as_deref().unwrap_or(&trial.outcome);
            format!("version {after} afterwards; {said}")
        });
        let found = found.unwrap_or_else(|| self.why_not(Attack::Authentic));
        self.open("plus-update-no-control", |reason| reason.with("found", found))
    }

    /// Something was offered, and no authentic package was taken: whatever else was left out, this says the most.
    pub(crate) fn lacks_control(&self) -> Option<ItemResult> {
        let offered = !self.facts.offered.trials.is_empty();
        let taken = self.tried(Attack::Authentic).any(|(_, trial)| taken(trial));
        (offered && !taken).then(|| self.no_control())
    }

    /// FAIL, shown in these trials.
    pub(crate) fn failed(
        &self,
        code: &str,
        trials: &[u64],
        with: impl FnOnce(Reason) -> Reason,
    ) -> ItemResult {
        self.shown(Verdict::Fail, code, trials, with).blame(Blame::Device)
    }

    /// INCONCLUSIVE, for the lab to mend.
    pub(crate) fn open(&self, code: &str, with: impl FnOnce(Reason) -> Reason) -> ItemResult {
        self.shown(Verdict::Inconclusive, code, &[], with).blame(Blame::Lab)
    }

    /// A result that these trials show.
    pub(crate) fn shown(
        &self,
        verdict: Verdict,
        code: &str,
        trials: &[u64],
        with: impl FnOnce(Reason) -> Reason,
    ) -> ItemResult {
        let row = &self.facts.offered.row;
        let reason = with(Reason::new(code).with("row", row)).expected_by("plus");
        let mut result = ItemResult::machine(row, verdict, RestsOn::Observed, reason)
            .seen_in(self.recorded.state(), self.recorded.sample())
            .effort(&self.recorded.observation.effort);
        if trials.is_empty() {
            result = result.evidence(self.recorded.at(""));
        }
        for trial in trials {
            result = result.evidence(self.recorded.at(format!("trial {trial}")));
        }
        result
    }
}

/// The authentic package was installed, and its version read.
pub(crate) fn taken(trial: &UpdateTrial) -> bool {
    trial.outcome == "clear"
        && trial.installed == Some(true)
        && trial.alive
        && trial.version_after.is_some()
        && trial.version_after == trial.offered_version
}
