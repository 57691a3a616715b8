//! The list of one release with the image of another, both authentic: the device refuses, and keeps what it runs.

use probes::probe::update_trials::{Attack, UpdateTrial};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::updates_seen::endurance::{self, Offered};
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-update-mix",
    needs: &[endurance::PROBE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    endurance::each(facts, CASE.id, |seen| {
        let failed = [installed(seen), ends_device(seen)];
        let mut results: Vec<ItemResult> = failed.into_iter().flatten().collect();
        if results.is_empty() {
            results.push(shortfall(seen).unwrap_or_else(|| refused(seen)));
        }
        results
    })
}

/// FAIL: what was put together runs. A device that did not fetch it has its version from elsewhere.
fn installed(seen: &Offered<'_>) -> Option<ItemResult> {
    let runs = |(_, trial): &(u64, &UpdateTrial)| trial.installed == Some(true) && trial.fetched_whole;
    let all: Vec<(u64, &UpdateTrial)> = seen.tried(Attack::Mixed).filter(runs).collect();
    let (_, first) = all.first()?;
    let numbers: Vec<u64> = all.iter().map(|(number, _)| *number).collect();
    Some(seen.failed("plus-update-mix-installed", &numbers, |reason| {
        reason
            .with("mixture", mixtures(all.iter().map(|(_, trial)| *trial)))
            .with("before", seen.facts.offered.version_before.as_deref().unwrap_or("unknown"))
            .with("after", first.version_after.as_deref().unwrap_or("unknown"))
    }))
}

/// FAIL: it does not answer any more.
fn ends_device(seen: &Offered<'_>) -> Option<ItemResult> {
    let gone = |(_, trial): &(u64, &UpdateTrial)| {
        trial.outcome == "clear" && !trial.alive && !trial.asked.is_empty()
    };
    let (number, trial) = seen.tried(Attack::Mixed).find(gone)?;
    Some(seen.failed("plus-update-mix-ends-device", &[number], |reason| {
        reason.with("mixture", mixtures([trial].into_iter()))
    }))
}

/// INCONCLUSIVE: what a PASS lacks.
fn shortfall(seen: &Offered<'_>) -> Option<ItemResult> {
    let left_out =
        |missing: String| seen.open("plus-update-mix-left-out", |reason| reason.with("missing", missing));
    // Of a device that does not take the sound one nothing is known, whatever it asked for of these.
    if let Some(open) = seen.lacks_control() {
        return Some(open);
    }
    let mut tried = seen.tried(Attack::Mixed).peekable();
    if tried.peek().is_none() {
        return Some(left_out(seen.why_not(Attack::Mixed)));
    }
    for (_, trial) in tried {
        let what = mixtures([trial].into_iter());
        if trial.outcome != "clear" {
            return Some(left_out(format!("{what}: {}", trial.outcome)));
        }
        if trial.installed != Some(false) {
            return Some(left_out(format!("{what}: whether it was installed cannot be told")));
        }
    }
    seen.too_little().map(left_out)
}

/// PASS.
fn refused(seen: &Offered<'_>) -> ItemResult {
    let numbers: Vec<u64> = seen.tried(Attack::Mixed).map(|(number, _)| number).collect();
    let what = mixtures(seen.tried(Attack::Mixed).map(|(_, trial)| trial));
    seen.shown(Verdict::Pass, "plus-update-mix-refused", &numbers, |reason| {
        let version = seen.facts.offered.version_before.as_deref().unwrap_or("-");
        reason.with("mixture", what).with("version", version)
    })
}

fn mixtures<'t>(trials: impl Iterator<Item = &'t UpdateTrial>) -> String {
    let named = trials.map(|trial| trial.how.as_deref().unwrap_or(Attack::Mixed.as_str()));
    named.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
#[path = "../update_mix_tests.rs"]
mod tests;
