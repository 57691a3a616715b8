//! Whether a pairing is protected as it is declared: method, LE Secure Connections, length of the key, and whoever comes
//! with keys that everybody knows or that are none.

use ixit::Row;
use ixit::companion::{Pairing, PairingTime};
use probes::probe::ble_pairing::{Attempt, AttemptKind, BlePairing, Level};

use super::{
    at, by_each, control, control_told, declared, failed, is_authenticated, is_refused, is_whole, open,
    passed, placed, seen,
};
use crate::crypto::{PairingFacts, PairingLack, Policy};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;

/// Octets of the key that the tester offers at most in the attempt with short keys.
const SHORT: u32 = 7;

/// What of the protection a unit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The cryptography alone.
    Cryptography,
    /// The same, and that strangers pair only when they may.
    Protection,
}

/// Compares what was taken with what the row declares; empty for a row that declares no pairing.
pub fn as_declared(facts: &Facts<'_>, item: &Item<'_>, concern: Concern) -> Vec<ItemResult> {
    let Some(pairing) = declared(item.row) else { return Vec::new() };
    let mut results =
        by_each(facts, item.table, item.row, |seen| Look::of(facts, item, pairing, seen).results(concern));
    if concern == Concern::Protection && pairing.strangers == Some(PairingTime::FactoryDefault) {
        let all = seen(facts, item.row);
        let later = all.iter().filter(|(_, seen)| !is_whole(seen) && seen.no_way.is_none());
        results.extend(later.filter_map(|(recorded, seen)| {
            Some(placed(Look::of(facts, item, pairing, seen).nobody_is_let_in()?, recorded))
        }));
    }
    results
}

struct Look<'a> {
    policy: &'a Policy,
    table: &'a str,
    row: &'a Row,
    pairing: &'a Pairing,
    seen: &'a BlePairing,
}

impl<'a> Look<'a> {
    fn of(facts: &Facts<'a>, item: &'a Item<'_>, pairing: &'a Pairing, seen: &'a BlePairing) -> Self {
        Self { policy: facts.crypto, table: item.table, row: item.row, pairing, seen }
    }

    fn results(&self, concern: Concern) -> Vec<ItemResult> {
        let mut results = self.weaker_in_the_declared_way();
        let mut unsettled = Vec::new();
        let mut lines = Vec::new();
        for (kind, code, wanted) in self.to_be_refused() {
            let Some(attempt) = self.seen.attempt(kind) else {
                unsettled.push(format!("{}: not tried", kind.as_str()));
                continue;
            };
            if self.is_taken(attempt) {
                results.push(self.taken(code, &wanted, attempt));
            } else if is_refused(attempt) {
                lines.push(format!("{} {}", kind.as_str(), attempt.told()));
            } else {
                unsettled.push(format!("{}: {}", kind.as_str(), attempt.told()));
            }
        }
        if concern == Concern::Protection {
            match self.uninvited() {
                Invited::LetIn(attempt) => {
                    let wanted = self.pairing.strangers.map_or("", PairingTime::as_str).to_owned();
                    results.push(self.taken("ble-uninvited-stranger-pairs", &wanted, attempt));
                }
                Invited::Unclear(told) => unsettled.push(format!("uninvited: {told}")),
                Invited::Refused(told) => lines.push(format!("uninvited {told}")),
                Invited::AsDeclared => {}
            }
        }
        if concern == Concern::Cryptography {
            let below = self.below_the_policy(&results);
            results.extend(below);
        }
        if !results.is_empty() {
            return results;
        }
        let Some(right) = control(self.seen) else {
            let reason = self.reason("ble-right-way-not-taken").with("seen", control_told(self.seen));
            return vec![open(&self.row.id, reason)];
        };
        if !unsettled.is_empty() {
            let reason = self.reason("ble-pairing-not-settled").with("seen", unsettled.join("; "));
            return vec![open(&self.row.id, reason)];
        }
        let lines =
            if lines.is_empty() { "nothing weaker was to be refused".to_owned() } else { lines.join("; ") };
        let reason =
            self.reason("ble-pairing-as-declared").with("seen", agreed(right)).with("refused", lines);
        let mut result = passed(&self.row.id, reason);
        result.evidence = self.seen.attempts.iter().filter(|attempt| attempt.is_clear()).map(at).collect();
        vec![result]
    }

    /// What the declared way itself comes to.
    fn weaker_in_the_declared_way(&self) -> Vec<ItemResult> {
        let Some((attempt, report)) =
            control(self.seen).and_then(|attempt| Some((attempt, attempt.report.as_ref()?)))
        else {
            return Vec::new();
        };
        let mut results = Vec::new();
        if is_authenticated(self.pairing) && attempt.level < Level::Authenticated {
            results.push(self.taken("ble-just-works-taken", self.pairing.method.as_str(), attempt));
        }
        if self.pairing.secure_connections_only && report.secure_connections == Some(false) {
            results.push(self.taken("ble-legacy-pairing-taken", "LE Secure Connections", attempt));
        }
        let least = self.pairing.least_key_octets.unwrap_or(0);
        if report.key_size.is_some_and(|octets| u32::from(octets) < least) {
            results.push(self.taken("ble-short-key-taken", &least.to_string(), attempt));
        }
        results
    }

    /// What the declaration lets the device take, and the policy does not; without attempts that failed already.
    fn below_the_policy(&self, failed_already: &[ItemResult]) -> Vec<ItemResult> {
        let Some(least) = &self.policy.bluetooth_le else { return Vec::new() };
        let refused: Vec<AttemptKind> = self.to_be_refused().into_iter().map(|(kind, ..)| kind).collect();
        let weaker = [AttemptKind::JustWorks, AttemptKind::Legacy, AttemptKind::ShortKey];
        let weaker = weaker.into_iter().filter(|kind| !refused.contains(kind));
        let allowed = weaker.filter_map(|kind| self.seen.attempt(kind)).chain(control(self.seen));
        let mut results: Vec<ItemResult> = Vec::new();
        for attempt in allowed.filter(|attempt| attempt.paired()) {
            let Some(report) = &attempt.report else { continue };
            let lacking = least.lacking(PairingFacts {
                authenticated: Some(attempt.level == Level::Authenticated),
                secure_connections: report.secure_connections,
                key_octets: report.key_size,
            });
            let known = failed_already.iter().any(|result| result.evidence.contains(&at(attempt)));
            if lacking.is_empty() || known {
                continue;
            }
            let lacking: Vec<&str> = lacking.into_iter().map(PairingLack::as_str).collect();
            let reason = self
                .reason("ble-pairing-below-policy")
                .with("attempt", attempt.n)
                .with("seen", agreed(attempt))
                .with("lacking", lacking.join(", "))
                .with("policy", self.policy.line())
                .with("least", least.line())
                .expected_by(format!("catalogue:crypto/policies/{}.toml", self.policy.terms.id));
            let mut result = failed(&self.row.id, reason);
            result.evidence.push(at(attempt));
            results.push(result);
        }
        results
    }

    /// Attempts that the declaration, or the specification, has refused: with the code of the finding, and what is
    /// declared instead.
    fn to_be_refused(&self) -> Vec<(AttemptKind, &'static str, String)> {
        let pairing = self.pairing;
        let mut refused = Vec::new();
        if is_authenticated(pairing) {
            refused.push((
                AttemptKind::JustWorks,
                "ble-just-works-taken",
                pairing.method.as_str().to_owned(),
            ));
        }
        if pairing.secure_connections_only {
            refused.push((
                AttemptKind::Legacy,
                "ble-legacy-pairing-taken",
                "LE Secure Connections".to_owned(),
            ));
        }
        if let Some(least) = pairing.least_key_octets.filter(|least| *least > SHORT) {
            refused.push((AttemptKind::ShortKey, "ble-short-key-taken", least.to_string()));
        }
        // A device that pairs by legacy pairing alone takes no public key.
        let right = control(self.seen).and_then(|attempt| attempt.report.as_ref()?.secure_connections);
        if right != Some(false) {
            refused.push((AttemptKind::DebugKey, "ble-debug-key-taken", "a key that is secret".to_owned()));
            refused.push((
                AttemptKind::OffCurve,
                "ble-invalid-key-taken",
                "a point of the curve P-256".to_owned(),
            ));
        }
        refused
    }

    fn is_taken(&self, attempt: &Attempt) -> bool {
        let Some(report) = &attempt.report else { return false };
        match attempt.kind {
            // The device may come to something better than it was offered only where both sides can.
            AttemptKind::Legacy => attempt.paired() && report.secure_connections != Some(true),
            // Going on after a key off the curve is no acceptance: a device may look at it as late as the key is made.
            _ => attempt.paired(),
        }
    }

    /// Outside factory default no stranger pairs at all, where the declaration says so.
    fn nobody_is_let_in(&self) -> Option<ItemResult> {
        let attempt = self.seen.attempt(AttemptKind::Uninvited)?;
        if attempt.paired() {
            let wanted = PairingTime::FactoryDefault.as_str();
            return Some(self.taken("ble-uninvited-stranger-pairs", wanted, attempt));
        }
        let told = attempt.told();
        let mut result = if is_refused(attempt) {
            passed(
                &self.row.id,
                self.reason("ble-pairing-as-declared").with("seen", "nobody").with("refused", told),
            )
        } else {
            open(&self.row.id, self.reason("ble-pairing-not-settled").with("seen", told))
        };
        result.evidence.push(at(attempt));
        Some(result)
    }

    /// What became of the stranger whom nobody invited.
    fn uninvited(&self) -> Invited<'_> {
        let Some(PairingTime::FirstOrInvited | PairingTime::Invited) = self.pairing.strangers else {
            return Invited::AsDeclared;
        };
        let attempts: Vec<&Attempt> = self.seen.attempts(AttemptKind::Uninvited).collect();
        let Some(last) = attempts.last() else { return Invited::Unclear("not tried".to_owned()) };
        // Where the first one may pair, only the next one is a stranger.
        let had_a_first = self.pairing.strangers == Some(PairingTime::FirstOrInvited) && attempts.len() < 2;
        if last.paired() && had_a_first {
            Invited::Unclear("the first stranger paired, and no second one was tried".to_owned())
        } else if last.paired() {
            Invited::LetIn(last)
        } else if is_refused(last) {
            Invited::Refused(last.told())
        } else {
            Invited::Unclear(last.told())
        }
    }

    fn taken(&self, code: &str, wanted: &str, attempt: &Attempt) -> ItemResult {
        let reason =
            self.reason(code).with("wanted", wanted).with("attempt", attempt.n).with("seen", agreed(attempt));
        let mut result = failed(&self.row.id, reason);
        result.evidence.push(at(attempt));
        result
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code)
            .with("row", &self.row.id)
            .with("declared", line(self.pairing))
            .expected_by(self.row.reference(self.table, "pairing"))
    }
}

enum Invited<'a> {
    LetIn(&'a Attempt),
    Refused(String),
    Unclear(String),
    AsDeclared,
}

/// What was agreed in an attempt, for people.
pub fn agreed(attempt: &Attempt) -> String {
    let Some(report) = attempt.report.as_ref().filter(|_| attempt.paired()) else { return attempt.told() };
    let generation = match report.secure_connections {
        Some(true) => "LE Secure Connections",
        Some(false) => "LE legacy pairing",
        None => "pairing",
    };
    let side =
        if attempt.level == Level::Authenticated { "both sides checked" } else { "other side not checked" };
    let octets = report.key_size.map_or_else(String::new, |octets| format!(", key of {octets} octets"));
    format!("paired by {generation}{octets}, {side}")
}

/// The declared pairing in a line.
pub fn line(pairing: &Pairing) -> String {
    let mut parts = vec![pairing.method.as_str().to_owned()];
    parts.extend(pairing.passkey.map(|passkey| format!("passkey {}", passkey.as_str())));
    if pairing.secure_connections_only {
        parts.push("LE Secure Connections only".to_owned());
    }
    parts.extend(pairing.least_key_octets.map(|octets| format!("keys of {octets} octets at least")));
    parts.extend(pairing.strangers.map(|time| format!("strangers {}", time.as_str())));
    parts.join(", ")
}

#[cfg(test)]
#[path = "protection_tests.rs"]
mod tests;
