//! What wrong passkeys meet, set against the declared defence.

use ixit::Blame;
use ixit::companion::BruteForce;
use probes::probe::ble_pairing::{BlePairing, Guessed};

use super::{by_each, control, control_told, declared, failed, no_passkey_asked, open, passed};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;

/// Wrong passkeys beyond the declared number after which the refusal has to show.
const TOLERATED: u32 = 1;
/// Part of a declared duration that has to be seen; the rest is left to the measurement.
const DURATION_SEEN: f64 = 0.8;

/// 5.1-5-2 b: wrong passkeys beyond the declared number are refused for the declared time, right ones too. Empty for a
/// row that declares no pairing.
pub fn holds(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    if declared(item.row).is_none() {
        return Vec::new();
    }
    let defence = item.row.companions.brute_force.as_ref().map(|defence| &defence.value);
    by_each(facts, item.table, item.row, |seen| vec![of_course(item, defence, seen)])
}

fn of_course(item: &Item<'_>, defence: Option<&BruteForce>, seen: &BlePairing) -> ItemResult {
    let row = &item.row.id;
    let guessed = &seen.guessed;
    match guessed.left_out.as_deref() {
        Some("no-passkey-method") => return no_passkey_asked(item.table, item.row),
        Some("consent") => return open(row, Reason::new("lock-out-not-agreed").with("row", row)),
        Some(_) => {
            let reason = Reason::new("ble-right-way-not-taken")
                .with("row", row)
                .with("declared", "-")
                .with("seen", control_told(seen));
            return open(row, reason);
        }
        None => {}
    }
    let Some((defence, failures)) = defence.and_then(|defence| Some((defence, defence.failures?))) else {
        return open(row, Reason::new("defence-not-stated").with("row", row)).blame(Blame::Documentation);
    };
    let look = Look { item, guessed, failures };
    let mut result = look.result(defence, control(seen).is_some());
    let place =
        guessed.tries.last().map_or_else(|| "guesses".to_owned(), |last| format!("guesses 1 to {}", last.n));
    result.evidence.push(probes::EvidenceRef { reference: String::new(), at: place });
    result
}

struct Look<'a> {
    item: &'a Item<'a>,
    guessed: &'a Guessed,
    failures: u32,
}

impl Look<'_> {
    fn result(&self, defence: &BruteForce, right_way_known: bool) -> ItemResult {
        let row = &self.item.row.id;
        let guessed = self.guessed;
        let latest = self.failures.saturating_add(TOLERATED);
        let wrong = guessed.tries.iter().filter(|guess| guess.result == "wrong").count();
        let Some(locked) = guessed.locked_after else {
            // Without a refusal the wrong ones have to go beyond the latest moment at which one may come.
            return if u32::try_from(wrong).unwrap_or(u32::MAX) > latest {
                failed(row, self.reason("ble-lock-out-not-seen"))
            } else {
                open(row, self.reason("ble-too-few-passkeys-compared").with("minimum", latest + 1))
            };
        };
        let reason = |code: &str| self.reason(code).with("locked", locked);
        if locked > latest {
            return failed(row, self.reason("ble-lock-out-not-seen"));
        }
        if guessed.right_way_refused_while_locked == Some(false) {
            return failed(row, reason("ble-lock-out-lets-right-passkey-in"));
        }
        let (Some(true), true) = (guessed.right_way_refused_while_locked, right_way_known) else {
            return open(row, reason("ble-right-passkey-not-tried-while-locked"));
        };
        match (defence.lockout_seconds, guessed.recovered_after_seconds) {
            (Some(declared), Some(seen)) if seen < f64::from(declared) * DURATION_SEEN => {
                let reason = reason("ble-lock-out-shorter-than-declared").with("seconds", declared);
                failed(row, reason.with("seen", format!("{seen:.1}")))
            }
            (declared, None) if defence.permanent != Some(true) => {
                let seconds = declared.map_or_else(|| "-".to_owned(), |seconds| seconds.to_string());
                open(row, reason("ble-end-of-lock-out-not-seen").with("seconds", seconds))
            }
            (_, seen) => {
                let seen = seen.map_or_else(|| "-".to_owned(), |seen| format!("{seen:.1}"));
                let by = guessed.locked_by.map_or_else(|| "-".to_owned(), |reason| reason.to_string());
                passed(row, reason("ble-lock-out-seen").with("recovered", seen).with("by", by))
            }
        }
    }

    fn reason(&self, code: &str) -> Reason {
        let compared = self.guessed.tries.iter().filter(|guess| guess.answered()).count();
        let slowest = self.guessed.tries.iter().map(|guess| guess.seconds).fold(0.0, f64::max);
        Reason::new(code)
            .with("row", &self.item.row.id)
            .with("failures", self.failures)
            .with("compared", compared)
            .with("slowest", format!("{slowest:.1}"))
            .expected_by(self.item.row.reference(self.item.table, "brute_force"))
    }
}

#[cfg(test)]
#[path = "defence_tests.rs"]
mod tests;
