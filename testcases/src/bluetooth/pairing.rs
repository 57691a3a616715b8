//! How the device paired, for the judges of authentication and of communication: rows that declare a pairing
//! (companion `pairing`) beside what strangers came to.
//!
//! A refusal counts only where the declared way was taken from the same stranger's position: a device that takes
//! nobody refuses the weaker ways too. A lock-out (SMP reason 0x09) refuses everybody, and speaks for nothing else.

pub mod defence;
pub mod found;
pub mod passkeys;
pub mod protection;

use ixit::companion::{Pairing, PairingWay, PasskeyOrigin};
use ixit::{Blame, Row};
use probes::ble::SmpReason;
use probes::probe::ble_pairing::{Attempt, AttemptKind, BlePairing};

use crate::completeness::radio_not_scanned;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Name of the probe.
pub const PROBE: &str = "ble-pairing";

/// What a row declares of pairing.
pub fn declared(row: &Row) -> Option<&Pairing> {
    row.companions.pairing.as_ref().map(|pairing| &pairing.value)
}

/// Whether the declared way makes both sides sure of each other.
pub fn is_authenticated(pairing: &Pairing) -> bool {
    pairing.method != PairingWay::JustWorks
}

/// Whether digits are typed on one side by the declaration.
pub fn has_passkey(pairing: &Pairing) -> bool {
    matches!(pairing.method, PairingWay::PasskeyShown | PairingWay::PasskeyEntered)
}

/// A device that asks for no passkey. Where one is declared, what was declared of it was not seen.
fn no_passkey_asked(table: &str, row: &Row) -> ItemResult {
    let reason = |code: &str| {
        Reason::new(code).with("row", &row.id).with("tried", 0).expected_by(row.reference(table, "pairing"))
    };
    if declared(row).is_some_and(has_passkey) {
        open(&row.id, reason("ble-declared-passkey-not-asked")).blame(Blame::DeviceOrDocumentation)
    } else {
        passed(&row.id, reason("ble-no-passkey-asked"))
    }
}

/// Whether a passkey is drawn for each pairing by the declaration. Where it says of the pairing whence the passkey comes,
/// that counts, whatever it says of changes.
pub fn is_drawn_each_time(row: &Row) -> bool {
    let changes = row.companions.change.as_ref().is_some_and(|change| change.value.each_time);
    declared(row).is_some_and(|it| it.passkey.map_or(changes, |origin| origin == PasskeyOrigin::EachTime))
}

/// The pairings that speak for a row: those made by it, and those by a row that declares the same.
pub fn seen<'a>(facts: &Facts<'a>, row: &Row) -> Vec<(&'a Recorded, BlePairing)> {
    let mut all = facts.results::<BlePairing>(PROBE);
    all.retain(|(_, seen)| {
        let by = facts.row(&seen.row).and_then(|(_, by)| declared(by));
        seen.row == row.id || by.is_some() && by == declared(row)
    });
    all
}

/// Whether an observation looked at more than what an uninvited stranger comes to.
pub fn is_whole(seen: &BlePairing) -> bool {
    seen.attempts.iter().any(|attempt| attempt.kind != AttemptKind::Uninvited)
}

/// The results of a row by each whole course of pairings; one that is open where there is none.
pub fn by_each(
    facts: &Facts<'_>,
    table: &str,
    row: &Row,
    judge: impl Fn(&BlePairing) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let all = seen(facts, row);
    let came_to_nothing =
        |seen: &BlePairing| seen.no_way.is_some() && !seen.attempts.iter().any(Attempt::is_clear);
    let whole: Vec<_> = all.iter().filter(|(_, seen)| is_whole(seen) || came_to_nothing(seen)).collect();
    if whole.is_empty() {
        return vec![not_looked_at(facts, table, row)];
    }
    whole
        .into_iter()
        .flat_map(|(recorded, seen)| {
            let results = match no_way(row, recorded, seen) {
                Some(open) => vec![open],
                None => judge(seen),
            };
            results.into_iter().map(|result| placed(result, recorded))
        })
        .collect()
}

/// The result of a row of which no pairing is there.
pub fn not_looked_at(facts: &Facts<'_>, table: &str, row: &Row) -> ItemResult {
    let result = radio_not_scanned(table, row);
    match facts.observed(PROBE).next() {
        Some(recorded) => placed(result, recorded),
        None => result,
    }
}

/// Why there was nothing to see: of the bench, or a device that was not met.
fn no_way(row: &Row, recorded: &Recorded, seen: &BlePairing) -> Option<ItemResult> {
    if seen.attempts.iter().any(Attempt::is_clear) {
        return None;
    }
    let left_out = seen.attempts.iter().filter_map(|attempt| attempt.left_out.as_deref());
    if left_out.clone().any(|why| why == "consent") {
        return Some(open(&row.id, Reason::new("ble-pairing-not-agreed").with("row", &row.id)));
    }
    if matches!(seen.no_way.as_deref(), Some("no-adapter" | "unnamed" | "ambiguous" | "adapter-failed")) {
        return Some(open(&row.id, Reason::new("radio-not-scanned").with("row", &row.id)));
    }
    let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    let reason = Reason::new("ble-device-not-met").with("row", &row.id).with("trouble", trouble);
    Some(open(&row.id, reason))
}

/// Whether the device took the declared way: only then its refusals of others mean something.
pub fn control(seen: &BlePairing) -> Option<&Attempt> {
    seen.attempts(AttemptKind::RightWay).find(|attempt| attempt.paired())
}

/// What an attempt in the declared way came to, for people.
pub fn control_told(seen: &BlePairing) -> String {
    seen.attempt(AttemptKind::RightWay).map_or_else(|| "not tried".to_owned(), Attempt::told)
}

/// Whether a device refused what it was offered, and not everybody.
pub fn is_refused(attempt: &Attempt) -> bool {
    attempt.refused().is_some_and(|reason| reason != SmpReason::REPEATED_ATTEMPTS)
}

fn placed(result: ItemResult, recorded: &Recorded) -> ItemResult {
    let mut result = result.effort(&recorded.observation.effort).seen_in(recorded.state(), recorded.sample());
    // The place of the attempt, where the judge named one.
    for evidence in &mut result.evidence {
        if evidence.reference.is_empty() {
            evidence.reference.clone_from(&recorded.reference);
        }
    }
    if !result.evidence.iter().any(|evidence| evidence.reference == recorded.reference) {
        result = result.evidence(recorded.at("attempts"));
    }
    result
}

/// Evidence at an attempt; [`by_each`] fills in the observation.
fn at(attempt: &Attempt) -> probes::EvidenceRef {
    probes::EvidenceRef { reference: String::new(), at: format!("attempt {}", attempt.n) }
}

fn open(item: &str, reason: Reason) -> ItemResult {
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

fn failed(item: &str, reason: Reason) -> ItemResult {
    ItemResult::machine(item, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device)
}

fn passed(item: &str, reason: Reason) -> ItemResult {
    ItemResult::machine(item, Verdict::Pass, RestsOn::Observed, reason)
}

#[cfg(test)]
pub(crate) mod test_pairings;
