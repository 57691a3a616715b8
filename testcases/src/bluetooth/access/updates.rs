//! Whether software comes in over Bluetooth LE from nobody who may not.

use ixit::Blame;
use probes::probe::ble_access::{BleAccess, Trial};

use super::{Look, STRANGER, UNAUTHENTICATED, each, happened, line, place};
use crate::completeness::radio_not_scanned;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::observing::ble_access::{TABLES, uuid};
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Services by which the usual boot loaders take images: Nordic (twice), MCUmgr, Texas Instruments, Silicon Labs.
const UPDATE_SERVICES: [&str; 6] = [
    "fe59",
    "00001530-1212-efde-1523-785feabcd123",
    "8d53dc1d-1db7-4cd3-868b-8a527460aa84",
    "f000ffc0-0451-4000-b000-000000000000",
    "1d14d6ee-fd63-4fa1-bfa4-8f47b42119f0",
    "fef5",
];

/// What was seen of updates over Bluetooth LE, at each interface over the air. An interface that is no Bluetooth LE was
/// not searched.
pub fn no_update_for_strangers(facts: &Facts<'_>) -> Vec<ItemResult> {
    let rows = |table: &'static str| facts.declaration.ixit.rows(table).iter().map(move |row| (table, row));
    let over_air = |row: &ixit::Row| {
        row.companions.is_air.as_ref().is_some_and(|air| air.value) || super::is_declared(row)
    };
    rows("intf")
        .chain(rows("upd_mech"))
        .filter(|(_, row)| over_air(row))
        .flat_map(|(table, row)| {
            let item = Item { table, row, unclassified: false };
            match super::is_declared(row) {
                true => each(facts, &item, DutState::Initialized, &row.id, |look| Some(look.updates())),
                false => vec![radio_not_scanned(table, row)],
            }
        })
        .collect()
}

impl Look<'_, '_> {
    fn updates(&self) -> ItemResult {
        let seen: &BleAccess = self.seen;
        let begun = |trial: &&Trial| {
            let may = super::for_everybody(trial);
            matches!(trial.subject.as_str(), STRANGER | UNAUTHENTICATED)
                && trial.act == "begin-update"
                && happened(trial)
                && !may
                && (trial.subject == STRANGER || self.needs_authentication(trial))
        };
        if let Some(trial) = seen.trials.iter().find(begun) {
            let reason = self
                .reason("ble-update-begun-by-stranger")
                .with("place", place(trial))
                .with("subject", &trial.subject)
                .with("who", trial.who.join(", "));
            // That strangers begin an update fails access. Whether this is the declared way of updates, or another one that
            // is not in the IXIT, does not show by that.
            return self
                .result(Verdict::Inconclusive, reason, &line(trial))
                .blame(Blame::DeviceOrDocumentation);
        }
        let declared: Vec<String> = TABLES
            .iter()
            .flat_map(|table| self.facts.declaration.ixit.rows(table))
            .flat_map(|row| &row.companions.gatt)
            .map(|gatt| uuid(&gatt.value.service))
            .collect();
        let found = seen
            .services
            .iter()
            .find(|service| UPDATE_SERVICES.contains(&service.as_str()) && !declared.contains(service));
        if let Some(service) = found {
            let reason = crate::reason::Reason::new("undeclared-update-source")
                .with("item", &self.name)
                .with("found", format!("Bluetooth LE service {service}"))
                .expected_by("declaration:ixit.toml#upd_mech");
            return self.result(Verdict::Fail, reason, "table").blame(Blame::DeviceOrDocumentation);
        }
        if !seen.table_complete {
            return self.open(self.reason("ble-table-incomplete"), "table");
        }
        let places: Vec<String> = self.begins().collect();
        for place in &places {
            let of = |trial: &&Trial| {
                trial.subject == STRANGER && trial.characteristic == *place && super::is_write(trial)
            };
            let tried: Vec<&Trial> = seen.trials.iter().filter(of).collect();
            match tried.iter().find(|trial| !trial.refused_for_security()) {
                Some(trial) => return self.not_settled(trial),
                None if tried.is_empty() && !seen.missing.iter().any(|one| one.characteristic == *place) => {
                    let gaps = self.recorded.observation.effort.gaps.join("; ");
                    let reason = self
                        .reason("ble-writes-not-tried")
                        .with("place", place)
                        .with("subject", STRANGER)
                        .with(
                            "why",
                            if gaps.is_empty() { "no such trial in the observation" } else { &gaps },
                        );
                    return self.open(reason, "trials");
                }
                None => {}
            }
        }
        let reason = self.reason("ble-no-update-for-strangers").with("services", seen.services.len()).with(
            "refused",
            if places.is_empty() { "none is declared".to_owned() } else { places.join(", ") },
        );
        self.result(Verdict::Pass, reason, "trials")
    }

    /// Characteristics that begin an update, by the declaration, and not for everybody.
    fn begins(&self) -> impl Iterator<Item = String> {
        let rows = TABLES.iter().flat_map(|table| self.facts.declaration.ixit.rows(table));
        rows.flat_map(|row| &row.companions.gatt)
            .map(|gatt| &gatt.value)
            .filter(|gatt| gatt.begins_update && !gatt.writers.iter().any(|who| who == "anyone"))
            .filter_map(|gatt| gatt.characteristic.as_deref().map(uuid))
    }
}
