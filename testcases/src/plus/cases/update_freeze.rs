//! A newer package whose list was valid once: the device refuses it for its date, and takes the one with a valid list.

use ixit::Blame;
use probes::probe::update_endurance::Freshness;
use probes::probe::update_trials::{Attack, UpdateTrial};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::updates_seen::endurance::{self, Offered, taken};
use crate::updates_seen::runs_what_was_offered;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-update-freeze",
    needs: &[endurance::PROBE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    endurance::each(facts, CASE.id, |seen| {
        let failed = [installed(seen), ends_device(seen)];
        let mut results: Vec<ItemResult> = failed.into_iter().flatten().collect();
        if results.is_empty() {
            let open = undeclared(seen).or_else(|| unfit(seen)).or_else(|| shortfall(seen));
            results.push(open.unwrap_or_else(|| refused(seen)));
        }
        results
    })
}

/// What is known of the list of a lent package.
fn known<'s>(seen: &'s Offered<'_>, kind: &str) -> Option<&'s Freshness> {
    seen.facts.freshness.iter().find(|known| known.kind == kind)
}

/// The stale package, where its list is one whose time is over.
fn stale<'s>(seen: &'s Offered<'_>) -> Option<&'s Freshness> {
    known(seen, "stale").filter(|known| known.is_over())
}

fn days(known: &Freshness) -> String {
    known.past_seconds.map_or_else(|| "-".to_owned(), |past| (past / 86_400).to_string())
}

fn date(known: &Freshness) -> &str {
    known.expires.as_deref().unwrap_or("unknown")
}

/// FAIL: the device runs what the stale list offered.
fn installed(seen: &Offered<'_>) -> Option<ItemResult> {
    let list = stale(seen)?;
    let runs = |(_, trial): &(u64, &UpdateTrial)| {
        trial.installed == Some(true) && trial.fetched_whole && runs_what_was_offered(trial)
    };
    let (number, trial) = seen.tried(Attack::Stale).find(runs)?;
    Some(seen.failed("plus-update-stale-installed", &[number], |reason| {
        reason
            .with("until", date(list))
            .with("days", days(list))
            .with("before", seen.facts.offered.version_before.as_deref().unwrap_or("unknown"))
            .with("after", trial.version_after.as_deref().unwrap_or("unknown"))
    }))
}

/// FAIL: it does not answer any more.
fn ends_device(seen: &Offered<'_>) -> Option<ItemResult> {
    let list = stale(seen)?;
    let gone = |(_, trial): &(u64, &UpdateTrial)| {
        trial.outcome == "clear" && !trial.alive && !trial.asked.is_empty()
    };
    let (number, _) = seen.tried(Attack::Stale).find(gone)?;
    Some(seen.failed("plus-update-stale-ends-device", &[number], |reason| reason.with("until", date(list))))
}

/// INCONCLUSIVE: the supplier declares no end of lists.
fn undeclared(seen: &Offered<'_>) -> Option<ItemResult> {
    let open = || seen.open("plus-update-freeze-not-declared", |reason| reason).blame(Blame::Documentation);
    (!seen.declares_expiry()).then(open)
}

/// INCONCLUSIVE: what was lent cannot show it.
fn unfit(seen: &Offered<'_>) -> Option<ItemResult> {
    let Some(list) = known(seen, "stale") else {
        return Some(seen.open("plus-update-freeze-not-lent", |reason| reason));
    };
    let open = |code: &str, of: &Freshness| {
        seen.open(code, |reason| {
            reason.with("kind", &of.kind).with("version", &of.version).with("until", date(of))
        })
    };
    // No date, of this list or of the valid one: the place may be another.
    if list.expires.is_none() {
        return Some(open("plus-update-freeze-no-date", list).blame(Blame::Documentation));
    }
    if !list.is_over() {
        return Some(open("plus-update-freeze-not-stale", list));
    }
    let before = seen.facts.offered.version_before.as_deref();
    let newer = known(seen, "newer").is_some_and(|newer| newer.version == list.version)
        || before.is_some_and(|before| is_above(&list.version, before));
    if before.is_some() && !newer {
        return Some(open("plus-update-freeze-not-newer", list));
    }
    match known(seen, "newer") {
        Some(newer) if newer.expires.is_none() => {
            Some(open("plus-update-freeze-no-date", newer).blame(Blame::Documentation))
        }
        Some(newer) if newer.past_seconds.is_some_and(|past| past >= 0) => {
            Some(open("plus-update-freeze-control-stale", newer))
        }
        _ => None,
    }
}

/// INCONCLUSIVE: what a PASS lacks of the trials.
fn shortfall(seen: &Offered<'_>) -> Option<ItemResult> {
    let left_out =
        |missing: String| seen.open("plus-update-freeze-left-out", |reason| reason.with("missing", missing));
    // Of a device that does not take the sound one nothing is known, whatever it read of this one.
    if let Some(open) = seen.lacks_control() {
        return Some(open);
    }
    let Some((_, trial)) = seen.tried(Attack::Stale).next() else {
        return Some(left_out(seen.why_not(Attack::Stale)));
    };
    if trial.outcome != "clear" {
        return Some(left_out(format!("stale: {}", trial.outcome)));
    }
    if trial.installed != Some(false) {
        return Some(left_out("stale: whether it was installed cannot be told".to_owned()));
    }
    if !trial.asked.iter().any(|asked| asked.octets_sent > 0) {
        return Some(left_out("stale: the device did not read the list".to_owned()));
    }
    seen.too_little().map(left_out)
}

/// The authentic package with a valid list, installed.
fn control<'s>(seen: &'s Offered<'_>) -> Option<(u64, &'s UpdateTrial)> {
    seen.tried(Attack::Authentic).find(|(_, trial)| taken(trial))
}

/// PASS.
fn refused(seen: &Offered<'_>) -> ItemResult {
    let mut numbers: Vec<u64> = seen.tried(Attack::Stale).map(|(number, _)| number).collect();
    let control = control(seen);
    numbers.extend(control.map(|(number, _)| number));
    let list = stale(seen);
    seen.shown(Verdict::Pass, "plus-update-freeze-refused", &numbers, |reason| {
        reason
            .with("offered", list.map_or("-", |list| list.version.as_str()))
            .with("until", list.map_or("-", date))
            .with("days", list.map_or_else(|| "-".to_owned(), days))
            .with("version", seen.facts.offered.version_before.as_deref().unwrap_or("-"))
            .with("control", control.and_then(|(_, trial)| trial.version_after.as_deref()).unwrap_or("-"))
    })
}

/// By the numbers between the dots; `false` where they cannot be compared.
fn is_above(version: &str, other: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    matches!((numbers(version), numbers(other)), (Some(one), Some(other)) if one > other)
}

#[cfg(test)]
#[path = "../update_freeze_tests.rs"]
mod tests;
