//! What a deletion leaves over Bluetooth LE: the bond of somebody who had paired, and values that they had written. A
//! function that is about the bonds of its user is not shown to work by the network alone.
//!
//! The machine fails a function only where it was carried out as declared. What the reset of the bench leaves is laid
//! out for a person: it may be another one.

use ixit::{Blame, Row};
use probes::Outcome;
use probes::probe::ble_reset::BleReset;

use crate::catalogue::Unit;
use crate::deletion_seen::{self, Course};
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::observing::ble_reset::concerns_bonds;
use crate::observing::deletion::is_driven;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// The probe.
pub(super) const PROBE: &str = "ble-reset";

/// One deletion of one sample.
struct Reset<'a> {
    recorded: &'a Recorded,
    seen: BleReset,
}

/// Those of one function. What could not be read is none.
fn of_row<'a>(facts: &Facts<'a>, row: &Row) -> Vec<Reset<'a>> {
    let all = facts.results::<BleReset>(PROBE).into_iter();
    all.filter(|(_, seen)| seen.function == row.id).map(|(recorded, seen)| Reset { recorded, seen }).collect()
}

/// Somebody had a bond that worked, and what they wrote could be read, before anything was deleted.
pub(super) fn created(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    let row = item.row;
    if !concerns_bonds(facts.declaration, item) {
        return Vec::new();
    }
    let of = |reset: &Reset<'_>| {
        if !reset.seen.bond_worked || reset.seen.planted.iter().any(|planted| !planted.shown) {
            return reset.incomplete(row, "-");
        }
        let reason = Reason::new("ble-user-data-created")
            .with("row", &row.id)
            .with("values", reset.seen.planted.len());
        reset.result("-", Verdict::Pass, reason, "planted")
    };
    seen_or_not_scanned(facts, row, "-", of)
}

/// For every function that is about bonds and carried out by a program: none of them is taken any longer, and nothing
/// that was written stands there.
pub(super) fn left(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    let driven = selected.items.iter().filter(|item| !item.unclassified && is_driven(item.row));
    driven
        .filter(|item| concerns_bonds(facts.declaration, item))
        .flat_map(|item| {
            seen_or_not_scanned(facts, item.row, &item.row.id, |reset| reset.left(facts, item.row))
        })
        .collect()
}

fn seen_or_not_scanned(
    facts: &Facts<'_>,
    row: &Row,
    name: &str,
    judge: impl Fn(&Reset<'_>) -> ItemResult,
) -> Vec<ItemResult> {
    let observed = of_row(facts, row);
    if observed.is_empty() {
        let result = ItemResult::machine(name, Verdict::Inconclusive, RestsOn::Observed, not_scanned(row));
        return vec![result.blame(Blame::Lab).declared(row.reference("del_func", "covers"))];
    }
    observed.iter().map(judge).collect()
}

fn not_scanned(row: &Row) -> Reason {
    Reason::new("radio-not-scanned").with("row", &row.id)
}

/// What a person is shown of a function that no program carries out.
pub(super) fn lines(facts: &Facts<'_>, row: &Row) -> Vec<Shown> {
    of_row(facts, row)
        .into_iter()
        .filter(|reset| reset.seen.was_ordered())
        .map(|reset| {
            let seen = &reset.seen;
            let kept = seen.planted.iter().filter(|planted| planted.after == "there").count();
            Shown {
                label: "observed.deletion.bluetooth".to_owned(),
                text: format!(
                    "deleted by {}: old bond {}, {kept} of {} values still there",
                    seen.deleted_by,
                    seen.bond,
                    seen.planted.len()
                ),
                source: Some(reset.recorded.reference.clone()),
            }
        })
        .collect()
}

impl Reset<'_> {
    fn result(&self, item: &str, verdict: Verdict, reason: Reason, at: &str) -> ItemResult {
        ItemResult::machine(item, verdict, RestsOn::Observed, reason)
            .evidence(self.recorded.at(at))
            .effort(&self.recorded.observation.effort)
            .seen_in(self.recorded.state(), self.recorded.sample())
    }

    fn incomplete(&self, row: &Row, item: &str) -> ItemResult {
        let observation = &self.recorded.observation;
        let reason = match observation.outcome {
            _ if self.seen.not_scanned && !self.seen.was_ordered() => not_scanned(row),
            Outcome::ToolTrouble => not_scanned(row),
            _ => Reason::new("observation-incomplete")
                .with("probe", PROBE)
                .with("trouble", observation.trouble.as_deref().unwrap_or("no reason given")),
        };
        self.result(item, Verdict::Inconclusive, reason, "").blame(Blame::Lab)
    }

    fn left(&self, facts: &Facts<'_>, row: &Row) -> ItemResult {
        let seen = &self.seen;
        let reason = |code: &str| {
            Reason::new(code).with("row", &row.id).expected_by(row.reference("del_func", "covers"))
        };
        let found = self.found(row);
        if let Some((code, what, place, at)) = found {
            // What is left of a deletion that was not carried out is no failure of the deletion.
            if !self.was_carried_out(facts, row) {
                let reason = Reason::new("deletion-not-carried-out").with("row", &row.id);
                let result = self.result(&row.id, Verdict::Inconclusive, reason, "deleted_by");
                return result.blame(Blame::DeviceOrDocumentation);
            }
            let reason = reason(code).with("what", what).with("place", place).with("tries", seen.bond_tries);
            let result = self.result(&row.id, Verdict::Fail, reason, &at);
            return in_reset_state(result).blame(Blame::Device);
        }
        if let Some(planted) = seen.planted.iter().find(|planted| planted.after == "there") {
            let reason = reason("deleted-value-may-be-a-default")
                .with("what", &planted.characteristic)
                .with("place", format!("handle {:#06x}", planted.handle));
            return self.result(&row.id, Verdict::Inconclusive, reason, "planted").blame(Blame::Lab);
        }
        let complete = self.recorded.complete()
            && seen.deleted_by == "declared"
            && seen.bond_worked
            && seen.bond == "refused"
            && seen.pairs_as_new == Some(true)
            && seen.planted.iter().all(|planted| planted.shown && planted.after == "gone");
        if !complete {
            return self.incomplete(row, &row.id);
        }
        let reason =
            reason("ble-nothing-survives").with("values", seen.planted.len()).with("tries", seen.bond_tries);
        in_reset_state(self.result(&row.id, Verdict::Pass, reason, "bond"))
    }

    /// What is left that can be no default: code, what it is, where, and the place in the observation.
    fn found(&self, row: &Row) -> Option<(&'static str, String, String, String)> {
        let seen = &self.seen;
        if seen.bond_worked && seen.bond == "taken" {
            let place = format!("{} links after {}", seen.bond_tries, row.id);
            return Some(("ble-bond-survives", "bond".to_owned(), place, "bond".to_owned()));
        }
        let mut values = seen.planted.iter().enumerate();
        values.find(|(_, planted)| planted.shown && planted.unmistakable && planted.after == "there").map(
            |(at, planted)| {
                let place = format!("handle {:#06x}", planted.handle);
                ("ble-data-survives", planted.characteristic.clone(), place, format!("planted[{at}]"))
            },
        )
    }

    /// Whether the declared order was carried out: the device said so, or the network showed it.
    fn was_carried_out(&self, facts: &Facts<'_>, row: &Row) -> bool {
        let shown = |seen: &deletion_seen::Seen<'_>| {
            matches!(seen.course(), Course::CarriedOut | Course::OnlySaid)
                && seen.recorded.sample() == self.recorded.sample()
        };
        self.seen.deleted_by == "declared"
            && (self.seen.confirmed || deletion_seen::of_row(facts, row).iter().any(shown))
    }
}

fn in_reset_state(mut result: ItemResult) -> ItemResult {
    result.state = Some(DutState::AfterReset);
    result
}

#[cfg(test)]
#[path = "over_bluetooth_tests.rs"]
mod tests;
