//! An image and a list without an end: the device ends them by itself, goes on answering, and takes the next update.

use probes::probe::update_endurance::StreamEnd;
use probes::probe::update_trials::{Attack, UpdateTrial};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::updates_seen::endurance::{self, Offered, taken};
use crate::updates_seen::runs_what_was_offered;
use crate::verdict::Verdict;
use ixit::Blame;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-update-endless",
    needs: &[endurance::PROBE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// What has no end, in its turn.
const ENDLESS: [Attack; 2] = [Attack::Endless, Attack::EndlessList];

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    endurance::each(facts, CASE.id, |seen| {
        let failed = [ends_device(seen), swallowed(seen), installed(seen), not_taken_afterwards(seen)];
        let mut results: Vec<ItemResult> = failed.into_iter().flatten().collect();
        if results.is_empty() {
            results.push(shortfall(seen).unwrap_or_else(|| ended(seen)));
        }
        results
    })
}

fn endless<'s>(seen: &'s Offered<'_>) -> impl Iterator<Item = (u64, &'s UpdateTrial)> {
    ENDLESS.into_iter().flat_map(|attack| seen.tried(attack))
}

/// FAIL: it does not answer any more.
fn ends_device(seen: &Offered<'_>) -> Option<ItemResult> {
    let gone = |(number, trial): &(u64, &UpdateTrial)| {
        trial.outcome == "clear" && !trial.alive && seen.streams(*number).next().is_some()
    };
    let (number, trial) = endless(seen).find(gone)?;
    let octets: u64 = seen.streams(number).map(|stream| stream.octets).sum();
    Some(seen.failed("plus-update-endless-ends-device", &[number], |reason| {
        reason.with("attack", trial.attack.as_str()).with("octets", octets)
    }))
}

/// FAIL: it took all that the bench sends, far more than any file that was handed in.
fn swallowed(seen: &Offered<'_>) -> Option<ItemResult> {
    let by_bench =
        |number: u64| seen.streams(number).any(|stream| stream.ended == Some(StreamEnd::BenchOctets));
    let all: Vec<(u64, &UpdateTrial)> = endless(seen).filter(|(number, _)| by_bench(*number)).collect();
    if all.is_empty() {
        return None;
    }
    let numbers: Vec<u64> = all.iter().map(|(number, _)| *number).collect();
    let attacks: Vec<&str> = all.iter().map(|(_, trial)| trial.attack.as_str()).collect();
    let octets = seen.facts.streams.iter().filter(|stream| numbers.contains(&stream.trial));
    let octets = octets.map(|stream| stream.octets).max().unwrap_or(0);
    Some(seen.failed("plus-update-endless-swallowed", &numbers, |reason| {
        reason.with("attack", attacks.join(", ")).with("octets", octets)
    }))
}

/// FAIL: it runs something that is neither what it ran nor what was signed. The authentic beginning it may install.
fn installed(seen: &Offered<'_>) -> Option<ItemResult> {
    let other = |(number, trial): &(u64, &UpdateTrial)| {
        trial.installed == Some(true)
            && trial.version_after.is_some()
            && !runs_what_was_offered(trial)
            && seen.streams(*number).next().is_some()
    };
    let (number, trial) = endless(seen).find(other)?;
    Some(seen.failed("plus-update-endless-installed", &[number], |reason| {
        reason
            .with("attack", trial.attack.as_str())
            .with("before", seen.facts.offered.version_before.as_deref().unwrap_or("unknown"))
            .with("offered", trial.offered_version.as_deref().unwrap_or("unknown"))
            .with("after", trial.version_after.as_deref().unwrap_or("unknown"))
    }))
}

/// The last authentic package before the streams, and the first after them.
fn controls<'s>(seen: &'s Offered<'_>) -> [Option<(u64, &'s UpdateTrial)>; 2] {
    let numbers = || endless(seen).map(|(number, _)| number);
    let (first, last) = (numbers().min().unwrap_or(u64::MAX), numbers().max().unwrap_or(u64::MAX));
    let before = seen.tried(Attack::Authentic).filter(|(number, _)| *number < first).last();
    let after = seen.tried(Attack::Authentic).find(|(number, _)| *number > last);
    [before, after]
}

/// FAIL: the package that it took before, it fetches and does not take afterwards.
fn not_taken_afterwards(seen: &Offered<'_>) -> Option<ItemResult> {
    let [before, after] = controls(seen);
    let (before, _) = before.filter(|(_, trial)| taken(trial))?;
    let (number, trial) =
        after.filter(|(_, trial)| trial.outcome == "clear" && trial.installed != Some(true))?;
    Some(seen.failed("plus-update-endless-not-taken-afterwards", &[before, number], |reason| {
        reason
            .with("offered", trial.offered_version.as_deref().unwrap_or("unknown"))
            .with("after", trial.version_after.as_deref().unwrap_or("unknown"))
    }))
}

/// INCONCLUSIVE: what a PASS lacks.
fn shortfall(seen: &Offered<'_>) -> Option<ItemResult> {
    let left_out =
        |missing: String| seen.open("plus-update-endless-left-out", |reason| reason.with("missing", missing));
    // Of a device that does not take the sound one nothing is known, whatever it asked for of these.
    if let Some(open) = seen.lacks_control() {
        return Some(open);
    }
    let attacks = || ENDLESS.into_iter().filter(|attack| *attack == Attack::Endless || seen.has_list());
    if let Some(untried) = attacks().find(|attack| seen.tried(*attack).next().is_none()) {
        return Some(left_out(seen.why_not(untried)));
    }
    // Nor of one that does not take it afterwards.
    if !controls(seen)[1].is_some_and(|(_, trial)| taken(trial)) {
        return Some(seen.no_control());
    }
    for (attack, (number, trial)) in attacks().flat_map(|attack| Some((attack, seen.tried(attack).next()?))) {
        if trial.outcome != "clear" {
            return Some(left_out(format!("{}: {}", attack.as_str(), trial.outcome)));
        }
        if seen.streams(number).next().is_none() {
            let why = "the device did not ask for it";
            return Some(left_out(format!("{}: {why}", attack.as_str())));
        }
        let of_its_own = |ended| matches!(ended, Some(StreamEnd::Device | StreamEnd::BenchOctetsOfAll));
        if let Some(stream) = seen.streams(number).find(|stream| !of_its_own(stream.ended)) {
            return Some(seen.open("plus-update-endless-ended-by-bench", |reason| {
                reason
                    .with("attack", attack.as_str())
                    .with("octets", stream.octets)
                    .with("seconds", format!("{:.1}", stream.seconds))
            }));
        }
        // One that installed what the list names has started anew.
        if let Some(back) = trial.back_after_seconds.filter(|_| trial.installed != Some(true)) {
            let away = seen.shown(Verdict::Inconclusive, "plus-update-endless-away", &[number], |reason| {
                reason.with("attack", attack.as_str()).with("seconds", format!("{back:.1}"))
            });
            return Some(away.blame(Blame::Device));
        }
    }
    seen.too_little().map(left_out)
}

/// PASS.
fn ended(seen: &Offered<'_>) -> ItemResult {
    let mut numbers: Vec<u64> = endless(seen).map(|(number, _)| number).collect();
    let after = controls(seen)[1];
    numbers.extend(after.map(|(number, _)| number));
    let streams = &seen.facts.streams;
    let octets = streams.iter().map(|stream| stream.octets).max().unwrap_or(0);
    let seconds = streams.iter().map(|stream| stream.seconds).fold(0.0, f64::max);
    let version = after.and_then(|(_, trial)| trial.version_after.as_deref()).unwrap_or("-");
    seen.shown(Verdict::Pass, "plus-update-endless-ended", &numbers, |reason| {
        reason.with("octets", octets).with("seconds", format!("{seconds:.1}")).with("version", version)
    })
}

#[cfg(test)]
#[path = "../update_endless_tests.rs"]
mod tests;
