//! Which six digits let a stranger in: others for each pairing, or such as everybody tries first.

use probes::probe::ble_pairing::{AttemptKind, BlePairing};

use super::{
    at, by_each, control, control_told, declared, failed, is_drawn_each_time, no_passkey_asked, open, passed,
};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;

/// Common passkeys behind the statement that none lets in.
const COMMON_AT_LEAST: usize = 3;
/// Readings of the panel behind the statement that it shows others each time.
const READINGS: u32 = 2;

/// 5.1-4-2: the value is another one at each pairing, as declared; `None` for a row that declares no such thing.
pub fn new_each_time(facts: &Facts<'_>, item: &Item<'_>) -> Option<Vec<ItemResult>> {
    is_drawn_each_time(item.row).then(|| {
        by_each(facts, item.table, item.row, |seen| {
            vec![of_the_panel(item, seen, "ble-passkey-new-each-time")]
        })
    })
}

/// What the panel showed in two pairings.
fn of_the_panel(item: &Item<'_>, seen: &BlePairing, code: &str) -> ItemResult {
    let row = &item.row.id;
    let by = if item.row.companions.change.is_some() { "change" } else { "pairing" };
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", row)
            .with("readings", seen.panel.readings)
            .expected_by(item.row.reference(item.table, by))
    };
    let right = seen.attempts(AttemptKind::RightWay).filter(|attempt| attempt.paired()).map(at);
    let mut result = match seen.panel.same_as_before {
        Some(true) => failed(row, reason("ble-passkey-repeated")),
        Some(false) if seen.panel.readings >= READINGS => passed(row, reason(code)),
        _ if control(seen).is_none() && seen.panel.trouble.is_none() => open(
            row,
            reason("ble-right-way-not-taken").with("seen", control_told(seen)).with("declared", "-"),
        ),
        _ => {
            let trouble = seen.panel.trouble.as_deref().unwrap_or("the digits were read too seldom");
            open(row, reason("ble-passkey-not-read").with("trouble", trouble))
        }
    };
    result.evidence.extend(right);
    result
}

/// 5.1-1-2 c, over Bluetooth LE: no passkey that everybody tries lets in, and one that is declared to be another each
/// time is. Empty for a row that declares no pairing.
pub fn none_is_a_default(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    if declared(item.row).is_none() {
        return Vec::new();
    }
    by_each(facts, item.table, item.row, |seen| of_guesses(item, seen))
}

fn of_guesses(item: &Item<'_>, seen: &BlePairing) -> Vec<ItemResult> {
    let row = &item.row.id;
    let guessed = &seen.guessed;
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", row)
            .with("tried", guessed.common_tried())
            .expected_by(item.row.reference(item.table, "pairing"))
    };
    let mut results = Vec::new();
    if let Some(guess) = guessed.common_accepted() {
        let reason = reason("ble-common-passkey-accepted").with("place", guess.n);
        let mut result = failed(row, reason);
        result
            .evidence
            .push(probes::EvidenceRef { reference: String::new(), at: format!("guess {}", guess.n) });
        results.push(result);
    }
    if is_drawn_each_time(item.row) {
        let panel = of_the_panel(item, seen, "ble-passkey-new-each-time");
        // One that is the same each time is worse than one that was not read.
        if panel.verdict > crate::verdict::Verdict::Pass {
            results.push(panel);
        }
    }
    if !results.is_empty() {
        return results;
    }
    match guessed.left_out.as_deref() {
        // Nothing is typed: there is no passkey that could be a default.
        Some("no-passkey-method") => vec![no_passkey_asked(item.table, item.row)],
        Some("consent") => vec![open(row, Reason::new("lock-out-not-agreed").with("row", row))],
        _ if guessed.common_tried() < COMMON_AT_LEAST => {
            vec![open(row, reason("ble-common-passkeys-not-tried").with("minimum", COMMON_AT_LEAST))]
        }
        _ => vec![passed(row, reason("ble-no-common-passkey-accepted"))],
    }
}

#[cfg(test)]
#[path = "passkeys_tests.rs"]
mod tests;
