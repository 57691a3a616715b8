//! Whether all that the device offers over Bluetooth LE is declared: the interface itself, its services, their
//! characteristics as often as they are there, and the handles that no discovery shows.

use std::collections::BTreeMap;

use ixit::{Blame, Row};
use probes::ble::{ReadAnswer, Uuid};

use super::surface::{self, Surface};
use crate::catalogue::Unit;
use crate::completeness;
use crate::facts::Facts;
use crate::inventory::{self, required_states};
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Findings of one kind that are listed one by one.
const LISTED_AT_MOST: usize = 64;

/// Compares what every state of every sample showed over Bluetooth LE with the declaration. Rows over the air that
/// were not searched are left to the lab, as all are where there was no adapter.
pub fn offered_is_declared(facts: &Facts<'_>, unit: &Unit, table: &'static str) -> Vec<ItemResult> {
    let unscanned = completeness::unscanned_radio(facts, table);
    if surface::looks(facts).next().is_none() {
        return unscanned;
    }
    // Another radio than Bluetooth was not searched.
    let bluetooth = |id: &str| facts.row(id).is_some_and(|(_, row)| surface::is_bluetooth(row));
    let mut results: Vec<ItemResult> =
        unscanned.into_iter().filter(|result| !bluetooth(&result.item)).collect();
    for (sample, state) in surface::places(facts, &required_states(facts, unit)) {
        let found = match surface::surface(facts, state, sample) {
            None => vec![inventory::missing(surface::PROBE).result("ble")],
            Some(seen) => Offer { facts, table, surface: &seen }.results(),
        };
        results.extend(found.into_iter().map(|result| result.seen_in(Some(state), sample)));
    }
    results
}

struct Offer<'s, 'a> {
    facts: &'s Facts<'a>,
    table: &'static str,
    surface: &'s Surface<'a>,
}

impl Offer<'_, '_> {
    fn results(&self) -> Vec<ItemResult> {
        let declared = self.rows().any(surface::is_bluetooth);
        if !self.surface.seen.heard() {
            return match self.surface.shortfall() {
                Some(shortfall) => vec![shortfall.result("ble")],
                // Silence of a device of which nobody said how it is known tells nothing, and was not to be told.
                None if !declared && !self.surface.is_named() => Vec::new(),
                None => vec![self.surface.not_heard("ble").result("ble")],
            };
        }
        let mut results =
            if declared || self.table == "ext_api" { Vec::new() } else { vec![self.undeclared()] };
        if results.is_empty() && self.table != "com_mech" {
            results = self.findings();
        }
        match self.surface.shortfall() {
            Some(shortfall) => results.push(shortfall.result("ble")),
            None if results.is_empty() => results.push(self.nothing_undeclared()),
            None => {}
        }
        results
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.facts.declaration.ixit.rows(self.table).iter()
    }

    /// It advertises, and no row declares that in a form that could be compared.
    fn undeclared(&self) -> ItemResult {
        let names: Vec<&str> = {
            let heard = &self.surface.seen.passive.advertisers;
            heard.iter().filter_map(|one| one.local_name()).collect()
        };
        let by = self.surface.seen.known_by.as_deref().unwrap_or("name");
        let found = format!(
            "advertises, known by its {by}{}",
            match names.first() {
                Some(name) => format!(", as {name:?}"),
                None => String::new(),
            }
        );
        let radio = |row: &Row| row.companions.is_air.as_ref().is_some_and(|air| air.value);
        if self.rows().any(|row| !row.observed_only && (radio(row) || surface::speaks_of_bluetooth(row))) {
            return self
                .result(Verdict::Inconclusive, "perhaps-declared-in-prose", "ble")
                .reason_with("found", found)
                .blame(Blame::Documentation)
                .evidence(self.surface.recorded.at("advertising"));
        }
        self.failure("ble-undeclared-interface", "ble", found, "advertising")
    }

    /// What is offered beyond what is declared.
    fn findings(&self) -> Vec<ItemResult> {
        let Some(table) = &self.surface.seen.table else { return Vec::new() };
        let declared: Vec<(Uuid, Option<Uuid>, &Row)> = surface::declared(self.facts.declaration)
            .filter_map(|(_, row, gatt)| {
                let characteristic = match &gatt.characteristic {
                    Some(uuid) => Some(uuid.trim().parse().ok()?),
                    None => None,
                };
                Some((gatt.service.trim().parse().ok()?, characteristic, row))
            })
            .collect();
        // How often a row names something, in the row that names it most often: rows of several tables repeat it.
        let times = |wanted: &dyn Fn(Uuid, Option<Uuid>) -> bool| {
            let mut times: BTreeMap<&str, usize> = BTreeMap::new();
            for (_, _, row) in declared.iter().filter(|(service, value, _)| wanted(*service, *value)) {
                *times.entry(&row.id).or_default() += 1;
            }
            times.into_values().max().unwrap_or_default()
        };
        let mut results = Vec::new();
        let mut offered: BTreeMap<(Uuid, Uuid), Vec<u16>> = BTreeMap::new();
        let mut services: BTreeMap<Uuid, Vec<u16>> = BTreeMap::new();
        for service in &table.services {
            services.entry(service.uuid).or_default().push(service.first);
            for one in &service.characteristics {
                offered.entry((service.uuid, one.uuid)).or_default().push(one.handle);
            }
        }
        for (uuid, handles) in &services {
            let known = is_of_every_device(*uuid) || declared.iter().any(|(service, ..)| service == uuid);
            let item = format!("ble/{uuid}");
            if !known {
                let found = format!("service {}", named(*uuid));
                results.push(self.failure("ble-undeclared-service", &item, found, &at(handles)));
            } else if handles.len() > times(&|service, value| service == *uuid && value.is_none()).max(1) {
                let found = format!("service {} {} times", named(*uuid), handles.len());
                results.push(self.failure("ble-undeclared-duplicate", &item, found, &at(handles)));
            }
        }
        for ((service, uuid), handles) in &offered {
            let of_service = || declared.iter().filter(|(declared, ..)| declared == service);
            if !is_of_every_device(*service) && of_service().next().is_none() {
                // The service as a whole is a finding already.
                continue;
            }
            let whole = of_service().any(|(_, value, _)| value.is_none());
            let standard = is_of_every_device(*service) && uuid.number().is_some();
            let own = times(&|of, value| of == *service && value == Some(*uuid));
            let may = own.max(usize::from(whole || standard));
            let item = format!("ble/{service}/{uuid}");
            if may == 0 {
                let found = format!("characteristic {} in service {}", named(*uuid), named(*service));
                results.push(self.failure("ble-undeclared-characteristic", &item, found, &at(handles)));
            } else if handles.len() > may && handles.len() > services.get(service).map_or(1, Vec::len) {
                let found = format!("characteristic {} {} times", named(*uuid), handles.len());
                results.push(self.failure("ble-undeclared-duplicate", &item, found, &at(handles)));
            }
        }
        results.extend(self.beside_every_service());
        results.truncate(LISTED_AT_MOST);
        results
    }

    /// Handles in no service, listed or not.
    fn beside_every_service(&self) -> Vec<ItemResult> {
        let seen = &self.surface.seen;
        let listed =
            seen.table.iter().flat_map(|table| &table.outside).map(|one| (one.handle, "in no service"));
        let hidden = seen.sweep.iter().flat_map(|sweep| &sweep.found);
        let hidden = hidden.map(|read| {
            let what = match &read.answer {
                ReadAnswer::Value(_) => "not listed, and read by a stranger",
                _ => "not listed, and protected",
            };
            (read.handle, what)
        });
        listed
            .chain(hidden)
            .map(|(handle, what)| {
                let place = format!("handle {handle:#06x}");
                let found = format!("{place}: an attribute that is {what}");
                self.failure("ble-undeclared-handle", &format!("ble/{handle:#06x}"), found, &place)
            })
            .collect()
    }

    fn nothing_undeclared(&self) -> ItemResult {
        let seen = &self.surface.seen;
        let services = seen.table.as_ref().map_or(0, |table| table.services.len());
        let values = seen.table.as_ref().map_or(0, |table| table.characteristics().count());
        let (asked, last) = seen.sweep.as_ref().map_or((0, 0), |sweep| (sweep.asked, sweep.last));
        let mut result = self.result(Verdict::Pass, "ble-only-declared-offered", "ble");
        result.reason = result
            .reason
            .with("services", services)
            .with("characteristics", values)
            .with("asked", asked)
            .with("last", format!("{last:#06x}"));
        result.effort(&self.surface.recorded.observation.effort).evidence(self.surface.recorded.at("table"))
    }

    fn failure(&self, code: &str, item: &str, found: String, place: &str) -> ItemResult {
        self.result(Verdict::Fail, code, item)
            .reason_with("found", found)
            .blame(Blame::DeviceOrDocumentation)
            .evidence(self.surface.recorded.at(place))
            .effort(&self.surface.recorded.observation.effort)
    }

    fn result(&self, verdict: Verdict, code: &str, item: &str) -> ItemResult {
        let rows: Vec<&Row> = self.rows().filter(|row| surface::is_bluetooth(row)).collect();
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let source = match rows.first() {
            Some(row) => row.reference(self.table, "gatt"),
            None => format!("declaration:ixit.toml#{}", self.table),
        };
        let state = self.surface.recorded.state().map_or("unknown", DutState::as_str);
        let reason = Reason::new(code)
            .with("item", item)
            .with("declared", if ids.is_empty() { "none".to_owned() } else { ids.join(", ") })
            .with("table", self.table)
            .with("state", state)
            .expected_by(source);
        ItemResult::machine(item, verdict, RestsOn::Observed, reason)
    }
}

impl ItemResult {
    fn reason_with(mut self, name: &str, value: String) -> Self {
        self.reason = self.reason.with(name, value);
        self
    }
}

/// Services that the core specification demands of every device.
pub(super) fn is_of_every_device(uuid: Uuid) -> bool {
    matches!(uuid.number(), Some(0x1800 | 0x1801))
}

/// A UUID with its name, where it has one.
pub(super) fn named(uuid: Uuid) -> String {
    uuid.name().map_or_else(|| uuid.to_string(), |name| format!("{uuid} ({name})"))
}

fn at(handles: &[u16]) -> String {
    let handles: Vec<String> = handles.iter().map(|handle| format!("{handle:#06x}")).collect();
    format!("handle {}", handles.join(", "))
}

#[cfg(test)]
#[path = "offered/tests.rs"]
mod tests;
