//! Whether who may gets what the service is for.

use ixit::Blame;
use probes::probe::ble_access::Trial;

use super::{AUTHENTICATED, Look, STRANGER, answer, each, for_everybody, is_declared, is_write, line, place};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::observing::ble_access::uuid;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Whether who may was let in: one result for each observation. As delivered nobody pairs, so that only what is for
/// everybody is looked at; where nothing is, there is no result of this state. `None` for a row that says nothing of
/// Bluetooth LE.
pub fn entitled_let_in(
    facts: &Facts<'_>,
    item: &Item<'_>,
    state: DutState,
    name: &str,
) -> Option<Vec<ItemResult>> {
    if !is_declared(item.row) {
        return None;
    }
    let keeps_state = state == DutState::FactoryDefault;
    Some(each(facts, item, state, name, |look| look.entitled(keeps_state)))
}

impl Look<'_, '_> {
    fn entitled(&self, keeps_state: bool) -> Option<ItemResult> {
        let open = self.trials.iter().copied().filter(|trial| {
            trial.subject == STRANGER && for_everybody(trial) && !(keeps_state && is_write(trial))
        });
        let mut may: Vec<&Trial> = open.collect();
        if keeps_state && may.is_empty() {
            return None;
        }
        let mut behind_a_pairing = false;
        if !keeps_state {
            let own = self.protected(AUTHENTICATED).filter(|trial| self.admits_the_paired(trial));
            let own: Vec<&Trial> = own.collect();
            behind_a_pairing = !own.is_empty();
            may.extend(own);
            if self.protected(STRANGER).next().is_some()
                && !self.level(AUTHENTICATED).is_some_and(|link| link.stood())
            {
                return Some(self.level_not_tried(AUTHENTICATED));
            }
        }
        if let Some(trial) = may.iter().find(|trial| self.was_refused(trial)) {
            return Some(self.refused(trial));
        }
        if let Some(trial) =
            may.iter().find(|trial| matches!(trial.result.as_str(), "no-answer" | "not-tried"))
        {
            return Some(self.not_tried(trial));
        }
        if let Some(missing) = self.missing() {
            let reason = self.reason("ble-declared-not-offered").with("place", missing);
            let open = self.result(Verdict::Inconclusive, reason, "table");
            return Some(open.blame(Blame::DeviceOrDocumentation));
        }
        if !keeps_state {
            if let Some(trial) = self.writes_left_out(AUTHENTICATED) {
                return Some(self.writes_not_tried(AUTHENTICATED, trial));
            }
            // What another mechanism opens is not tried.
            let other = self.protected(AUTHENTICATED).find(|trial| {
                !trial.who.is_empty() && !self.admits_the_paired(trial) && trial.result != "granted"
            });
            if let Some(trial) = other {
                let who = trial.who.join(", ");
                let reason =
                    self.reason("ble-entitled-not-tried").with("place", place(trial)).with("who", who);
                return Some(self.open(reason, &line(trial)));
            }
        }
        let granted: Vec<&Trial> = may.iter().copied().filter(|trial| trial.result == "granted").collect();
        if let Some(trial) = may.iter().find(|trial| trial.result != "granted") {
            return Some(self.not_settled(trial));
        }
        if granted.is_empty() {
            return Some(self.open(self.reason("ble-nothing-protected-offered"), "table"));
        }
        let security = self
            .level(AUTHENTICATED)
            .filter(|link| behind_a_pairing && link.stood())
            .map_or_else(|| "nobody paired".to_owned(), super::strength);
        let code = if keeps_state { "ble-open-values-given" } else { "ble-entitled-let-in" };
        let reason = self.reason(code).with("trials", granted.len()).with("link", security);
        Some(self.result(Verdict::Pass, reason, "trials"))
    }

    /// A refusal for want of a right. That a write cannot be prepared says nothing of it.
    fn was_refused(&self, trial: &Trial) -> bool {
        let asks_for_more = trial.error.is_some_and(|error| probes::ble::AttError(error).asks_for_security());
        match trial.act.as_str() {
            "prepared-write" => trial.result == "refused" && asks_for_more,
            _ => trial.refused_for_security(),
        }
    }

    fn refused(&self, trial: &Trial) -> ItemResult {
        let link = self.link(trial).map_or_else(|| "no link".to_owned(), super::strength);
        // Who came to a weaker link than declared may be refused for it.
        let as_declared = trial.subject == STRANGER
            || !self.needs_authentication(trial)
            || self.link(trial).is_some_and(|link| link.authenticated == Some(true));
        if !as_declared {
            let reason = self.reason("ble-not-paired-as-declared").with("link", link);
            return self.open(reason, &line(trial));
        }
        let reason = self
            .reason("ble-entitled-refused")
            .with("place", place(trial))
            .with("act", &trial.act)
            .with("subject", &trial.subject)
            .with("seen", answer(trial))
            .with("link", link);
        self.result(Verdict::Fail, reason, &line(trial)).blame(Blame::Device)
    }

    /// A characteristic of the row that the device does not offer.
    fn missing(&self) -> Option<String> {
        let own = |service: &str, characteristic: &str| {
            self.row.companions.gatt.iter().any(|gatt| {
                uuid(&gatt.value.service) == service
                    && gatt.value.characteristic.as_deref().is_some_and(|one| uuid(one) == characteristic)
            })
        };
        let missing = self.seen.missing.iter().find(|place| own(&place.service, &place.characteristic))?;
        Some(missing.characteristic.clone())
    }
}
