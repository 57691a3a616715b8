//! 5.1-4-2: the change of an authentication value works as declared, and afterwards the new value counts and
//! the old one does not.

use ixit::Blame;
use probes::probe::chosen_credential::ChosenCredential;
use probes::probe::credential_change::{ChangeBehaviour, Changed};
use probes::probe::label_password::LabelPasswords;

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::bluetooth::pairing::passkeys;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::observing::credential_change::is_driven;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.1-4-2 a.
pub(super) fn the_change_can_be_carried_out(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, carried_out, replaced)
}

/// 5.1-4-2 b.
pub(super) fn the_new_value_counts_and_the_old_does_not(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, in_force, refused_since)
}

type OfChange = fn(&Item<'_>, &Changed) -> ItemResult;
type OfReplacement = fn(&Item<'_>, &Replacement<'_>) -> ItemResult;

/// A value that another one takes the place of at set-up.
struct Replacement<'a> {
    by: &'a str,
    /// It let in while the device was as delivered.
    worked: bool,
    after: &'a ChosenCredential,
}

fn each(facts: &Facts<'_>, unit: &Unit, change: OfChange, replacement: OfReplacement) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .flat_map(|item| {
            // Nobody changes what is another one each time.
            if let Some(results) = passkeys::new_each_time(facts, item).filter(|_| !item.unclassified) {
                return results;
            }
            let declared = item.row.companions.change.as_ref().map(|change| &change.value);
            match declared.and_then(|change| change.replaced_by.as_deref()) {
                Some(by) if !item.unclassified => replacements(facts, item, by, replacement),
                None if !item.unclassified && is_driven(facts.declaration, item.row) => {
                    changes(facts, item, change)
                }
                // How to change it is told in prose only, or no probe can: a person does it.
                _ => vec![ask_about(facts, unit, item, companions(item, &["change", "login"]), None)],
            }
        })
        .collect()
}

fn changes(facts: &Facts<'_>, item: &Item<'_>, judge: OfChange) -> Vec<ItemResult> {
    let row = &item.row.id;
    let observed = facts.results::<ChangeBehaviour>("credential-change");
    let of_row: Vec<_> = observed.iter().filter(|(_, seen)| seen.row == *row).collect();
    if of_row.is_empty() {
        return vec![missing(item, "credential-change")];
    }
    let one = |(recorded, seen): &&(&Recorded, ChangeBehaviour)| {
        let result = match (seen.negative_control.as_str(), &seen.change) {
            ("accepted", _) => open(item, Reason::new("login-not-needed").with("row", row))
                .blame(Blame::DeviceOrDocumentation),
            ("rejected", Some(changed)) => judge(item, changed),
            ("rejected", None) if seen.before.as_deref().is_some_and(|before| before != "accepted") => {
                open(item, Reason::new("good-credential-refused").with("row", row))
            }
            ("rejected", None) => open(item, incomplete("credential-change", recorded)),
            _ => open(item, Reason::new("negative-control-unclear").with("row", row)),
        };
        // What the change back shows counts too, as far as the device was not lost on the way.
        let result = match &seen.back {
            Some(back) if result.verdict == Verdict::Pass => match judge(item, back) {
                worse if worse.verdict == Verdict::Pass => result,
                worse => worse,
            },
            _ => result,
        };
        placed(result, recorded, "change")
    };
    of_row.iter().map(one).collect()
}

/// Whether the function took the new value, seen at the login behind which it lies.
fn carried_out(item: &Item<'_>, changed: &Changed) -> ItemResult {
    let row = &item.row.id;
    let status = changed.status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
    let reason = |code: &str| Reason::new(code).with("row", row).with("status", &status);
    match (accepts(&changed.function_old), accepts(&changed.function_new)) {
        (_, Some(true)) => pass(item, reason("change-carried-out")),
        (Some(true), Some(false)) => failed(item, reason("change-refused")),
        (Some(false), Some(false)) => failed(item, reason("new-value-not-accepted")),
        _ => open(item, reason("logins-around-change-unclear")),
    }
}

/// Whether the mechanism itself goes by the new value.
fn in_force(item: &Item<'_>, changed: &Changed) -> ItemResult {
    let row = &item.row.id;
    let reason = |code: &str| Reason::new(code).with("row", row);
    let happened =
        accepts(&changed.function_new) == Some(true) || accepts(&changed.function_old) == Some(false);
    match (accepts(&changed.old), accepts(&changed.new)) {
        (Some(true), Some(false)) if !happened => {
            open(item, reason("change-not-carried-out")).blame(Blame::Device)
        }
        (Some(true), _) => failed(item, reason("old-value-still-accepted")),
        (Some(false), Some(false)) => {
            failed(item, reason("new-value-not-accepted").with("status", "changed"))
        }
        (Some(false), Some(true)) => pass(item, reason("new-value-in-force")),
        _ => open(item, reason("logins-around-change-unclear").with("status", "changed")),
    }
}

/// Whether a login let in; `None` where its answer was no clear one.
fn accepts(result: &Option<String>) -> Option<bool> {
    match result.as_deref()? {
        "accepted" => Some(true),
        "rejected" => Some(false),
        _ => None,
    }
}

fn replacements(facts: &Facts<'_>, item: &Item<'_>, by: &str, judge: OfReplacement) -> Vec<ItemResult> {
    let row = &item.row.id;
    let labels = facts.results::<LabelPasswords>("label-password");
    let chosen = facts.results::<ChosenCredential>("chosen-credential");
    let of_row: Vec<_> = chosen
        .iter()
        .filter(|(_, seen)| seen.row == by && seen.opened_by.as_deref() == Some(row.as_str()))
        .collect();
    if of_row.is_empty() {
        return vec![missing(item, "chosen-credential")];
    }
    let one = |(recorded, after): &&(&Recorded, ChosenCredential)| {
        let before = labels.iter().find_map(|(seen, labels)| {
            let label = labels.labels.iter().find(|label| label.sample == recorded.sample());
            let label = label.filter(|_| labels.row == *row && seen.sample() == recorded.sample())?;
            let worked = label.login.as_deref() == Some("accepted")
                && label.negative_control.as_deref() == Some("rejected");
            Some((*seen, worked))
        });
        let Some((seen, worked)) = before else { return missing(item, "label-password") };
        let result = if after.negative_control == "accepted" {
            open(item, Reason::new("login-not-needed").with("row", by)).blame(Blame::DeviceOrDocumentation)
        } else if after.negative_control != "rejected" {
            open(item, Reason::new("negative-control-unclear").with("row", by))
        } else {
            judge(item, &Replacement { by, worked, after })
        };
        placed(result, recorded, "").evidence(seen.at("labels"))
    };
    of_row.iter().map(one).collect()
}

/// The chosen value works where the pre-installed one did.
fn replaced(item: &Item<'_>, seen: &Replacement<'_>) -> ItemResult {
    let reason = |code: &str| Reason::new(code).with("row", &item.row.id).with("by", seen.by);
    match accepts(&seen.after.chosen) {
        Some(true) if seen.worked => pass(item, reason("value-replaced-at-set-up")),
        Some(true) => open(item, reason("replaced-value-not-seen")),
        Some(false) => open(item, Reason::new("good-credential-refused").with("row", seen.by)),
        None => open(item, Reason::new("no-credential").with("row", seen.by)),
    }
}

/// The pre-installed value works no longer.
fn refused_since(item: &Item<'_>, seen: &Replacement<'_>) -> ItemResult {
    let reason = |code: &str| Reason::new(code).with("row", &item.row.id).with("by", seen.by);
    match accepts(&seen.after.pre_installed) {
        Some(true) => failed(item, reason("old-value-still-accepted")),
        Some(false) => match replaced(item, seen) {
            shown if shown.verdict == Verdict::Pass => pass(item, reason("new-value-in-force")),
            lacking => lacking,
        },
        None if seen.after.chosen.is_none() => replaced(item, seen),
        None => open(item, reason("logins-around-change-unclear").with("status", "set up")),
    }
}

fn placed(result: ItemResult, recorded: &Recorded, at: &str) -> ItemResult {
    result
        .evidence(recorded.at(at))
        .effort(&recorded.observation.effort)
        .seen_in(recorded.state(), recorded.sample())
}

fn missing(item: &Item<'_>, probe: &str) -> ItemResult {
    open(item, Reason::new("observation-missing").with("probe", format!("{probe} {}", item.row.id)))
}

fn incomplete(probe: &str, recorded: &Recorded) -> Reason {
    let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    Reason::new("observation-incomplete").with("probe", probe).with("trouble", trouble)
}

fn pass(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "change"));
    ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Observed, reason)
}

fn failed(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "change"));
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device)
}

fn open(item: &Item<'_>, reason: Reason) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
