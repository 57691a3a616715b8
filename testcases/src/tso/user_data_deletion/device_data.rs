//! 5.11-1: users can erase their data from the device.

#[path = "device_data/declared.rs"]
pub(super) mod declared;
#[path = "device_data/over_bluetooth.rs"]
mod over_bluetooth;

use std::collections::BTreeSet;

use ixit::{Blame, Row};

use crate::assessor::empty_selection;
use crate::assisted::{self, ask_about, companions};
use crate::catalogue::Unit;
use crate::deletion_seen::{self, Course, PROBE, Seen};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::observing::deletion::is_driven;
use crate::reason::Reason;
use crate::selection::{self, Item};
use crate::state::DutState;
use crate::verdict::Verdict;

/// 5.11-1.
pub static GROUP: Group = Group {
    id: "5.11-1",
    judges: &[
        Judge {
            unit: "5.11-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::a_simple_function_exists,
        },
        Judge {
            unit: "5.11-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::each_function_erases,
        },
        Judge {
            unit: "5.11-1-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::all_kinds_are_covered,
        },
        Judge {
            unit: "5.11-1-2:a",
            // A preparation: where it is not made, nothing is shown, and nothing fails.
            by: By::Assisted,
            machine_can: &[Verdict::Pass],
            needs: &[PROBE, over_bluetooth::PROBE],
            judge: typical_data_were_created,
        },
        Judge {
            unit: "5.11-1-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[PROBE],
            judge: carried_out_as_declared,
        },
        Judge {
            unit: "5.11-1-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[PROBE, over_bluetooth::PROBE],
            judge: nothing_is_left,
        },
    ],
};

/// 5.11-1-2 a: personal data, settings and a credential of the user's own were on the device, and could be seen
/// there, before anything was deleted. It prepares: what is lacking is no failure of the device.
fn typical_data_were_created(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = selection::rows(facts.declaration, "del_func", Some("deletes-on-device")).items;
    let driven: Vec<&Item<'_>> =
        rows.iter().filter(|item| !item.unclassified && is_driven(item.row)).collect();
    if driven.is_empty() {
        return vec![assisted::ask(facts, unit, "-", facts.shown_of_forms(unit), None)];
    }
    let mut results: Vec<ItemResult> = Vec::new();
    for item in driven {
        let observed = deletion_seen::of_row(facts, item.row);
        if observed.is_empty() {
            let mut result = deletion_seen::missing(item.row);
            "-".clone_into(&mut result.item);
            results.push(result);
        }
        results.extend(observed.iter().map(|seen| created(facts, seen)));
        results.extend(over_bluetooth::created(facts, item));
    }
    results
}

fn created(facts: &Facts<'_>, seen: &Seen<'_>) -> ItemResult {
    let deletion = &seen.deletion;
    let lacking = seen.not_planted();
    // What the device was not asked to take is no matter of the device.
    if deletion.planted.is_empty() || lacking.iter().any(|planted| planted.status.is_none()) {
        return seen.incomplete("-");
    }
    if let Some(planted) = lacking.first() {
        let reason = Reason::new("user-data-not-created")
            .with("row", &deletion.function)
            .with("what", &planted.data)
            .with("why", &planted.note);
        return seen
            .result("-", Verdict::Inconclusive, reason, "planted")
            .blame(Blame::DeviceOrDocumentation);
    }
    let is_personal = |data: &str| facts.row(data).is_some_and(|(table, _)| table == "pers_data");
    let named: BTreeSet<&str> = deletion.shown().map(|planted| planted.data.as_str()).collect();
    let personal = named.iter().any(|data| is_personal(data));
    let setting = named.iter().any(|data| !is_personal(data));
    let credential = deletion.held.iter().any(|held| held.works && held.chosen != Some(false));
    let classes =
        [(personal, "personal data"), (setting, "settings"), (credential, "credentials of the user's own")];
    let lacking: Vec<&str> = classes.iter().filter(|(there, _)| !there).map(|(_, name)| *name).collect();
    if !lacking.is_empty() {
        let reason = Reason::new("user-data-of-a-class-missing")
            .with("row", &deletion.function)
            .with("classes", lacking.join(", "));
        return seen.result("-", Verdict::Inconclusive, reason, "planted").blame(Blame::Documentation);
    }
    let reason = Reason::new("user-data-created")
        .with("values", deletion.shown().count())
        .with("what", named.into_iter().collect::<Vec<&str>>().join(", "));
    seen.result("-", Verdict::Pass, reason, "planted")
}

/// 5.11-1-2 b: the declared order has the data deleted, and nothing less does.
fn carried_out_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item, seen| vec![as_declared(item.row, seen)])
}

fn as_declared(row: &Row, seen: &Seen<'_>) -> ItemResult {
    let attempt = seen.deletion.declared_attempt();
    let status = attempt
        .and_then(|attempt| attempt.status)
        .map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("status", &status)
            .expected_by(row.reference("del_func", "erasure"))
    };
    if let Some(by) = seen.lesser() {
        let reason = reason("deletion-needs-less-than-declared").with("by", by);
        return seen.result(&row.id, Verdict::Fail, reason, "attempts").blame(Blame::DeviceOrDocumentation);
    }
    match seen.course() {
        Course::CarriedOut | Course::OnlySaid => {
            let tries = seen.deletion.attempts.len().saturating_sub(1);
            let reason = reason("deletion-as-declared").with("tries", tries);
            seen.result(&row.id, Verdict::Pass, reason, "attempts")
        }
        Course::WithoutEffect => seen
            .result(&row.id, Verdict::Fail, reason("deletion-order-refused"), "attempts")
            .blame(Blame::DeviceOrDocumentation),
        Course::NotOrdered | Course::Unclear => seen.incomplete(&row.id),
    }
}

/// 5.11-1-2 c: what could be seen before can be seen nowhere afterwards, and what let the user in lets nobody in.
fn nothing_is_left(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let minimum = unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == PROBE);
    let minimum = minimum.map_or(1, |minimum| minimum.completed);
    let mut results = each(facts, unit, |item, seen| match seen.course() {
        Course::CarriedOut | Course::OnlySaid => left(facts, unit, item, seen, minimum),
        Course::WithoutEffect => {
            let reason = Reason::new("deletion-not-carried-out").with("row", &item.row.id);
            vec![
                seen.result(&item.row.id, Verdict::Inconclusive, reason, "attempts")
                    .blame(Blame::DeviceOrDocumentation),
            ]
        }
        Course::NotOrdered | Course::Unclear => vec![seen.incomplete(&item.row.id)],
    });
    results.extend(over_bluetooth::left(facts, unit));
    results
}

fn left(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>, seen: &Seen<'_>, minimum: u64) -> Vec<ItemResult> {
    let row = item.row;
    let deletion = &seen.deletion;
    let mut results: Vec<ItemResult> = Vec::new();
    for (kind, code) in [
        ("data", "user-data-survives-deletion"),
        ("session", "session-survives-deletion"),
        ("credential", "credential-survives-deletion"),
        ("traffic", "deleted-data-sent"),
    ] {
        let mut found = deletion
            .residue
            .iter()
            .enumerate()
            .filter(|(_, residue)| residue.kind == kind && residue.unmistakable);
        let Some((place, residue)) = found.next() else { continue };
        let reason = Reason::new(code)
            .with("row", &row.id)
            .with("what", &residue.of)
            .with("place", &residue.place)
            .with("who", &residue.subject)
            .with("state", &residue.state)
            .expected_by(row.reference("del_func", "deletes"));
        let result = seen.result(&row.id, Verdict::Fail, reason, &format!("residue[{place}]"));
        results.push(in_state(result, &residue.state).blame(Blame::Device));
    }
    if !results.is_empty() {
        return results;
    }
    let open = |code: &str| Reason::new(code).with("row", &row.id);
    if let Some(residue) = deletion.residue.first() {
        let reason =
            open("deleted-value-may-be-a-default").with("what", &residue.of).with("place", &residue.place);
        return vec![seen.result(&row.id, Verdict::Inconclusive, reason, "residue").blame(Blame::Lab)];
    }
    if deletion.resets && deletion.set_up_again == "nobody" && seen.looked_around("after_reset") {
        // What the next user sees has to be looked at by a person.
        let shown = deletion_seen::lines(facts, Some(&row.id));
        return vec![ask_about(facts, unit, item, shown, None)];
    }
    let complete = seen.recorded.complete()
        && seen.not_planted().is_empty()
        && deletion.shown().any(|planted| planted.unmistakable)
        && (!deletion.resets || seen.looked_around("after_reset"))
        && seen.looked_around("initialized")
        && deletion.brought_back == Some(true);
    if !complete {
        return vec![seen.incomplete(&row.id)];
    }
    let looked = seen.recorded.observation.effort.completed;
    if looked < minimum {
        let reason = open("too-few-places-looked-at").with("looked", looked).with("minimum", minimum);
        return vec![seen.result(&row.id, Verdict::Inconclusive, reason, "looks").blame(Blame::Lab)];
    }
    let reason = open("nothing-survives-deletion")
        .with("values", deletion.shown().count())
        .with("looked", looked)
        .with("logins", deletion.held.iter().filter(|held| held.works).count())
        .expected_by(row.reference("del_func", "deletes"));
    let state = if deletion.resets { "after_reset" } else { "initialized" };
    vec![in_state(seen.result(&row.id, Verdict::Pass, reason, "looks"), state)]
}

fn in_state(mut result: ItemResult, state: &str) -> ItemResult {
    let named = DutState::ALL.iter().copied().find(|known| known.as_str() == state);
    result.state = named.or(result.state);
    result
}

/// Judges every row on the device: by its observations where a probe carries it out, by a person where it is told in
/// prose alone.
fn each(
    facts: &Facts<'_>,
    unit: &Unit,
    judge: impl Fn(&Item<'_>, &Seen<'_>) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .flat_map(|item| {
            if item.unclassified || !is_driven(item.row) {
                let mut shown = companions(item, &["deletes", "erasure"]);
                shown.extend(over_bluetooth::lines(facts, item.row));
                return vec![ask_about(facts, unit, item, shown, None)];
            }
            let observed = deletion_seen::of_row(facts, item.row);
            if observed.is_empty() {
                return vec![deletion_seen::missing(item.row)];
            }
            observed.iter().flat_map(|seen| judge(item, seen)).collect()
        })
        .collect()
}

#[cfg(test)]
#[path = "device_data/tests.rs"]
mod tests;
