//! Whether critical parameters and personal data go over encrypted links alone, judged by what the device lets happen
//! on a link that is not.

use ixit::Blame;
use probes::probe::ble_access::Trial;

use super::{AUTHENTICATED, Look, STRANGER, each, happened, is_declared, is_write, line, place};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::selection::Item;
use crate::state::DutState;
use crate::traffic_seen::Concern;
use crate::verdict::Verdict;

/// Whether what a unit protects stays off links without encryption: one result for each observation. `None` for a row
/// that says nothing of Bluetooth LE, or a concern of which its characteristics say nothing.
pub fn confidential(facts: &Facts<'_>, item: &Item<'_>, concern: Concern) -> Option<Vec<ItemResult>> {
    if !is_declared(item.row) || concern == Concern::Mechanisms {
        return None;
    }
    Some(each(facts, item, DutState::Initialized, &item.row.id, |look| Some(look.in_transit(concern))))
}

/// Whether data of the bench is what a unit protects.
fn minds(facts: &Facts<'_>, concern: Concern, name: &str) -> bool {
    let secret = name.starts_with("credential:") || name.starts_with("label:");
    let row = facts.row(name);
    let table = row.map(|(table, _)| table);
    match concern {
        Concern::Secrets | Concern::SecretsRemotely => secret || table == Some("sec_param"),
        Concern::PersonalData => table == Some("pers_data"),
        Concern::SensitiveData => {
            row.is_some_and(|(table, row)| table == "pers_data" && row.flag("sensitive") == Some(true))
        }
        Concern::Mechanisms => false,
    }
}

impl Look<'_, '_> {
    fn in_transit(&self, concern: Concern) -> ItemResult {
        let secrets = matches!(concern, Concern::Secrets | Concern::SecretsRemotely);
        let code = if secrets { "ble-secret-in-the-clear" } else { "ble-data-in-the-clear" };
        let plain = |at: usize| self.seen.links.get(at).is_some_and(|link| link.encrypted == Some(false));
        // What the bench knows, seen where anybody near could.
        for told in self.seen.told.iter().filter(|told| plain(told.link)) {
            if let Some(what) = told.holds.iter().find(|name| minds(self.facts, concern, name)) {
                let place = format!("{} at {:#06x}", told.characteristic, told.handle);
                let reason =
                    self.reason(code).with("what", what).with("place", place).with("act", "told unasked");
                let at = format!("line {}", told.n);
                return self.result(Verdict::Fail, reason, &at).blame(Blame::Device);
            }
        }
        for trial in self.trials.iter().filter(|trial| plain(trial.link) && happened(trial)) {
            let known = trial.holds.iter().find(|name| minds(self.facts, concern, name));
            let what = match known {
                Some(name) => name.clone(),
                None if secrets && trial.critical && !super::for_everybody(trial) => {
                    "a value that is declared to be critical".to_owned()
                }
                None => continue,
            };
            let reason =
                self.reason(code).with("what", what).with("place", place(trial)).with("act", &trial.act);
            return self.result(Verdict::Fail, reason, &line(trial)).blame(Blame::Device);
        }
        self.only_encrypted(secrets)
    }

    /// PASS needs each of them refused on the link in the clear, and the link on which it goes shown to be encrypted.
    fn only_encrypted(&self, secrets: bool) -> ItemResult {
        let concerned: Vec<&Trial> =
            self.protected(STRANGER).filter(|trial| !secrets || trial.critical).collect();
        if concerned.is_empty() {
            return self.open(self.reason("ble-nothing-concerned-tried"), "trials");
        }
        if let Some(trial) =
            concerned.iter().find(|trial| matches!(trial.result.as_str(), "no-answer" | "not-tried"))
        {
            return self.not_tried(trial);
        }
        if !self.seen.table_complete {
            return self.open(self.reason("ble-table-incomplete"), "table");
        }
        if let Some(trial) = self.write_left_out(STRANGER, |trial| !secrets || trial.critical) {
            return self.writes_not_tried(STRANGER, trial);
        }
        if let Some(trial) = concerned.iter().find(|trial| happened(trial)) {
            let reason =
                self.reason("ble-perhaps-in-the-clear").with("place", place(trial)).with("act", &trial.act);
            return self
                .result(Verdict::Inconclusive, reason, &line(trial))
                .blame(Blame::DeviceOrDocumentation);
        }
        if let Some(trial) = concerned.iter().find(|trial| !trial.refused_for_security()) {
            return self.not_settled(trial);
        }
        let Some(link) = self.level(AUTHENTICATED).filter(|link| link.stood()) else {
            return self.level_not_tried(AUTHENTICATED);
        };
        let taken = self.protected(AUTHENTICATED).any(|trial| {
            trial.result == "granted" && (!secrets || trial.critical) && (is_write(trial) || !secrets)
        });
        if link.encrypted != Some(true) || !taken {
            let reason = self.reason("ble-encrypted-way-not-shown").with("link", super::strength(link));
            return self.open(reason, "links");
        }
        let reason = self
            .reason("ble-only-encrypted")
            .with("trials", concerned.len())
            .with("link", super::strength(link));
        self.result(Verdict::Pass, reason, "trials")
    }
}
