//! Whether who may not gets nothing.

use std::collections::BTreeSet;

use ixit::Blame;
use probes::probe::ble_access::Trial;

use super::{
    AUTHENTICATED, Look, STRANGER, UNAUTHENTICATED, each, happened, is_declared, is_write, line, place,
};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Services that every device has, of whose parts nothing has to be declared.
const OF_EVERY_DEVICE: [&str; 2] = ["1800", "1801"];

/// Whether strangers, and those who paired without authentication, were refused what is not for everybody: one
/// result for each observation. `None` for a row that says nothing of Bluetooth LE, and where it protects nothing.
pub fn strangers_refused(facts: &Facts<'_>, item: &Item<'_>, state: DutState) -> Option<Vec<ItemResult>> {
    let protects = |who: &Vec<String>| !who.is_empty() && !who.iter().any(|one| one == "anyone");
    let gatt = || item.row.companions.gatt.iter().map(|gatt| &gatt.value);
    if !is_declared(item.row)
        || !gatt().any(|gatt| protects(&gatt.readers) || protects(&gatt.writers) || protects(&gatt.notified))
    {
        return None;
    }
    let keeps_state = state == DutState::FactoryDefault;
    Some(each(facts, item, state, &item.row.id, |look| Some(look.strangers(keeps_state))))
}

impl Look<'_, '_> {
    fn strangers(&self, keeps_state: bool) -> ItemResult {
        if let Some(failed) = self.somebody_let_in() {
            return failed;
        }
        let tried: Vec<&Trial> = self.protected(STRANGER).chain(self.protected(UNAUTHENTICATED)).collect();
        let unanswered = |trial: &&&Trial| matches!(trial.result.as_str(), "no-answer" | "not-tried");
        if let Some(trial) = tried.iter().find(unanswered) {
            return self.not_tried(trial);
        }
        if !self.seen.table_complete {
            return self.open(self.reason("ble-table-incomplete"), "table");
        }
        if let Some(trial) = self.writes_left_out(STRANGER) {
            return self.writes_not_tried(STRANGER, trial);
        }
        if let Some(trial) = tried.iter().find(|trial| !trial.refused_for_security()) {
            return self.not_settled(trial);
        }
        if let Some(trial) = self.undeclared_and_open() {
            let reason = self.reason("ble-undeclared-open").with("place", place(trial));
            return self
                .result(Verdict::Inconclusive, reason, &line(trial))
                .blame(Blame::DeviceOrDocumentation);
        }
        let mut levels = vec!["stranger: refused".to_owned()];
        if !keeps_state && tried.iter().any(|trial| self.needs_authentication(trial)) {
            match self.level(UNAUTHENTICATED) {
                Some(link) if link.stood() => {
                    if let Some(trial) = self.writes_left_out(UNAUTHENTICATED) {
                        return self.writes_not_tried(UNAUTHENTICATED, trial);
                    }
                    levels.push("paired without authentication: refused".to_owned());
                }
                Some(link) if link.outcome == "refused" => {
                    levels.push(format!("paired without authentication: {}", link.why));
                }
                _ => return self.level_not_tried(UNAUTHENTICATED),
            }
        }
        if tried.is_empty() {
            let reason = self.reason("ble-nothing-protected-offered");
            return self.result(Verdict::Inconclusive, reason, "table").blame(Blame::DeviceOrDocumentation);
        }
        let code = if keeps_state { "ble-strangers-refused-as-delivered" } else { "ble-strangers-refused" };
        let reason = self.reason(code).with("trials", tried.len()).with("levels", levels.join("; "));
        self.result(Verdict::Pass, reason, "trials")
    }

    /// FAIL: somebody was let in who may not.
    fn somebody_let_in(&self) -> Option<ItemResult> {
        let worst = |trials: Vec<&Trial>| -> Option<(usize, Trial)> {
            let worst = trials.iter().min_by_key(|trial| severity(trial))?;
            Some((trials.len(), (*worst).clone()))
        };
        let strangers: Vec<&Trial> = self.protected(STRANGER).filter(|trial| happened(trial)).collect();
        if let Some((count, trial)) = worst(strangers) {
            return Some(self.let_in("ble-open-to-strangers", &trial, count));
        }
        let unknown: Vec<&Trial> = self
            .protected(UNAUTHENTICATED)
            .filter(|trial| happened(trial) && self.needs_authentication(trial))
            // A link that was authenticated after all is what was asked for.
            .filter(|trial| self.link(trial).is_none_or(|link| link.authenticated != Some(true)))
            .collect();
        if let Some((count, trial)) = worst(unknown) {
            return Some(self.let_in("ble-open-without-authentication", &trial, count));
        }
        // Who paired has not shown yet what another mechanism asks for.
        let without_right: Vec<&Trial> = self
            .protected(AUTHENTICATED)
            .filter(|trial| happened(trial) && !trial.who.is_empty() && !self.admits_the_paired(trial))
            .collect();
        let (count, trial) = worst(without_right)?;
        Some(self.let_in("ble-open-to-unentitled", &trial, count))
    }

    fn let_in(&self, code: &str, trial: &Trial, count: usize) -> ItemResult {
        let reason: Reason = self
            .reason(code)
            .with("place", place(trial))
            .with("act", &trial.act)
            .with("seen", self.effect(trial))
            .with("who", if trial.who.is_empty() { "nobody".to_owned() } else { trial.who.join(", ") })
            .with("count", count);
        // A right that nobody has may have been forgotten in the declaration.
        let blame = if trial.who.is_empty() { Blame::DeviceOrDocumentation } else { Blame::Device };
        self.result(Verdict::Fail, reason, &line(trial)).blame(blame)
    }

    /// What the device did, without any value.
    fn effect(&self, trial: &Trial) -> String {
        let mut parts = vec!["granted".to_owned()];
        parts.extend(trial.octets.map(|octets| format!("{octets} octets given")));
        if trial.changed == Some(true) {
            parts.push("the value changed".to_owned());
        }
        if trial.act == "subscribe" {
            let told =
                self.seen.told.iter().filter(|told| {
                    told.subject == trial.subject && told.characteristic == trial.characteristic
                });
            let told: Vec<_> = told.collect();
            if !told.is_empty() {
                parts.push(format!("{} values told", told.len()));
            }
            let holds: BTreeSet<&str> =
                told.iter().flat_map(|told| &told.holds).map(String::as_str).collect();
            let holds: Vec<&str> = holds.into_iter().collect();
            parts.extend((!holds.is_empty()).then(|| format!("with {}", holds.join(", "))));
        }
        if !trial.holds.is_empty() {
            parts.push(format!("with {}", trial.holds.join(", ")));
        }
        parts.join(", ")
    }

    /// What stands in a service of the row, is read by everybody, and is nowhere declared.
    fn undeclared_and_open(&self) -> Option<&Trial> {
        let services: Vec<String> = self
            .row
            .companions
            .gatt
            .iter()
            .map(|gatt| crate::observing::ble_access::uuid(&gatt.value.service))
            .filter(|service| !OF_EVERY_DEVICE.contains(&service.as_str()))
            .collect();
        self.seen.trials.iter().find(|trial| {
            !trial.declared
                && trial.descriptor.is_none()
                && trial.subject == STRANGER
                && happened(trial)
                && services.contains(&trial.service)
        })
    }
}

/// What changes something is worse than what is read, and what is critical is worst.
fn severity(trial: &Trial) -> (bool, u8) {
    let act = match trial.act.as_str() {
        "begin-update" => 0,
        _ if is_write(trial) => 1,
        "read" => 2,
        _ => 3,
    };
    (!trial.critical, act)
}
