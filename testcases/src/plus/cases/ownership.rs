//! What the old owner had is nobody's after the device changed hands: it is given values, logins and a bond, reset as
//! its owner does, and set up again as by the next one; meanwhile everything of before is looked for and tried.
//!
//! Whether services on the internet let go of the old owner is not played.

use ixit::{Blame, Row};
use probes::probe::ble_reset::BleReset;

use crate::Facts;
use crate::deletion_seen::{self, Course, Seen};
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::observing::ble_reset::concerns_bonds;
use crate::observing::deletion::is_driven;
use crate::plus::{self, PlusCase};
use crate::reason::Reason;
use crate::selection::{self, Item};
use crate::state::DutState;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-ownership",
    needs: &[deletion_seen::PROBE, BLE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

const BLE: &str = "ble-reset";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let rows = selection::rows(facts.declaration, "del_func", Some("deletes-on-device")).items;
    let resets = |item: &&Item<'_>| {
        let erasure = item.row.companions.erasure.as_ref();
        !item.unclassified && is_driven(item.row) && erasure.is_some_and(|erasure| erasure.value.resets)
    };
    let transfers: Vec<&Item<'_>> = rows.iter().filter(resets).collect();
    if transfers.is_empty() {
        return vec![unseen("-", Reason::new("plus-ownership-no-reset"))];
    }
    transfers
        .into_iter()
        .flat_map(|item| {
            let mut results: Vec<ItemResult> = deletion_seen::of_row(facts, item.row)
                .iter()
                .flat_map(|seen| over_network(item.row, seen))
                .collect();
            if results.is_empty() {
                let reason = Reason::new("plus-ownership-not-played").with("row", &item.row.id);
                results.push(unseen(&item.row.id, reason));
            }
            results.extend(over_bluetooth(facts, item));
            results
        })
        .collect()
}

/// INCONCLUSIVE, because nothing was looked at.
fn unseen(item: &str, reason: Reason) -> ItemResult {
    let reason = reason.expected_by("plus");
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

/// Values, sessions and credentials.
fn over_network(row: &Row, seen: &Seen<'_>) -> Vec<ItemResult> {
    let deletion = &seen.deletion;
    let reason = |code: &str| Reason::new(code).with("row", &row.id).expected_by("plus");
    let open = |reason: Reason, at: &str| {
        vec![seen.result(&row.id, Verdict::Inconclusive, reason, at).blame(Blame::Lab)]
    };
    let unclear = || {
        let trouble = seen.recorded.observation.trouble.as_deref().unwrap_or("not everything was looked at");
        open(reason("plus-ownership-unclear").with("trouble", trouble), "")
    };
    match seen.course() {
        Course::CarriedOut | Course::OnlySaid => {}
        Course::WithoutEffect => {
            let reason = reason("plus-ownership-not-reset");
            let result = seen.result(&row.id, Verdict::Inconclusive, reason, "attempts");
            return vec![result.blame(Blame::DeviceOrDocumentation)];
        }
        Course::NotOrdered | Course::Unclear => return unclear(),
    }
    let found = still_there(row, seen);
    if !found.is_empty() {
        return found;
    }
    if let Some(residue) = deletion.residue.first() {
        let reason =
            reason("plus-ownership-may-be-a-default").with("what", &residue.of).with("place", &residue.place);
        return open(reason, "residue");
    }
    // Refusals of what never let in say nothing.
    let ending = deletion.held.iter().filter(|held| held.works && held.ends && held.chosen != Some(false));
    let logins = ending.count();
    if logins == 0 {
        return open(reason("plus-ownership-no-login-before"), "held");
    }
    let tried = |state: &str| {
        let sessions = deletion.held.iter().any(|held| held.works && held.outcome == "logged-in");
        let mut looks = deletion.looks.iter().filter(|look| look.state == state);
        seen.looked_around(state) && (!sessions || looks.any(|look| look.subject == "old-session"))
    };
    let looked = seen.recorded.observation.effort.completed;
    let least = plus::data_of(CASE.id).and_then(|data| data.minimum_effort.as_ref());
    let complete = seen.recorded.complete()
        && seen.not_planted().is_empty()
        && deletion.shown().any(|planted| planted.unmistakable)
        && deletion.set_up_again == "bench"
        && deletion.brought_back == Some(true)
        && tried("after_reset")
        && tried("initialized")
        && least.is_none_or(|least| looked >= least.completed);
    if !complete {
        return unclear();
    }
    let reason = reason("plus-ownership-nothing-left")
        .with("values", deletion.shown().count())
        .with("logins", logins)
        .with("looked", looked);
    vec![seen.result(&row.id, Verdict::Pass, reason, "looks")]
}

/// What is left that can be no default: one result for each of data, sessions and credentials.
fn still_there(row: &Row, seen: &Seen<'_>) -> Vec<ItemResult> {
    let mut results = Vec::new();
    for (kinds, code) in [
        (&["data", "traffic"][..], "plus-ownership-old-data-left"),
        (&["session"], "plus-ownership-old-session-lets-in"),
        (&["credential"], "plus-ownership-old-credential-lets-in"),
    ] {
        let left = seen.deletion.residue.iter().enumerate();
        let mut left = left.filter(|(_, one)| one.unmistakable && kinds.contains(&one.kind.as_str()));
        let Some((place, residue)) = left.next() else { continue };
        let reason = Reason::new(code)
            .with("row", &row.id)
            .with("what", &residue.of)
            .with("place", &residue.place)
            .with("state", &residue.state)
            .expected_by("plus");
        let result = seen.result(&row.id, Verdict::Fail, reason, &format!("residue[{place}]"));
        results.push(result.blame(Blame::Device));
    }
    results
}

/// The bond, and what was written over it. Nothing for a function that is not about bonds.
fn over_bluetooth(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    if !concerns_bonds(facts.declaration, item) {
        return Vec::new();
    }
    let name = format!("{}/bluetooth", item.row.id);
    let mut of_row = facts.results::<BleReset>(BLE);
    of_row.retain(|(_, seen)| seen.function == item.row.id);
    if of_row.is_empty() {
        let reason = Reason::new("plus-ownership-bond-not-tried").with("row", &item.row.id);
        return vec![unseen(&name, reason)];
    }
    of_row.iter().map(|(recorded, seen)| of_bond(facts, item.row, &name, recorded, seen)).collect()
}

fn of_bond(facts: &Facts<'_>, row: &Row, name: &str, recorded: &Recorded, seen: &BleReset) -> ItemResult {
    let result = |verdict: Verdict, code: &str, more: &[(&str, &str)], at: &str| {
        let reason = Reason::new(code).with("row", &row.id).expected_by("plus");
        let reason = more.iter().fold(reason, |reason, (name, value)| reason.with(name, value));
        let result = ItemResult::machine(name, verdict, RestsOn::Observed, reason)
            .evidence(recorded.at(at))
            .effort(&recorded.observation.effort);
        result.seen_in(Some(DutState::AfterReset), recorded.sample())
    };
    // What is left of a reset that was not carried out, or was another one, is no failure of this one.
    let shown = |other: &Seen<'_>| {
        matches!(other.course(), Course::CarriedOut | Course::OnlySaid)
            && other.recorded.sample() == recorded.sample()
    };
    let carried_out = seen.deleted_by == "declared"
        && (seen.confirmed || deletion_seen::of_row(facts, row).iter().any(shown));
    let bond = seen.bond_worked && seen.bond == "taken";
    let mut values = seen.planted.iter();
    let value = values.find(|one| one.shown && one.unmistakable && one.after == "there");
    if carried_out && bond {
        return result(Verdict::Fail, "plus-ownership-old-bond-taken", &[], "bond").blame(Blame::Device);
    }
    if let Some(value) = value.filter(|_| carried_out) {
        let what = [("what", value.characteristic.as_str())];
        return result(Verdict::Fail, "plus-ownership-old-value-left", &what, "planted").blame(Blame::Device);
    }
    let gone = seen.planted.iter().all(|one| one.shown && one.after == "gone");
    let complete = recorded.complete()
        && carried_out
        && seen.bond_worked
        && seen.bond == "refused"
        && seen.pairs_as_new == Some(true)
        && gone;
    if !complete {
        let trouble = recorded.observation.trouble.as_deref().unwrap_or("not everything was looked at");
        let trouble = [("trouble", trouble)];
        return result(Verdict::Inconclusive, "plus-ownership-bond-unclear", &trouble, "").blame(Blame::Lab);
    }
    let counted = [("values", &*seen.planted.len().to_string()), ("tries", &*seen.bond_tries.to_string())];
    result(Verdict::Pass, "plus-ownership-bond-over", &counted, "bond")
}

#[cfg(test)]
#[path = "ownership/tests.rs"]
mod tests;
