//! 5.1-1-2 b: a password that the user is said to choose has to be chosen before the device can be used.

use ixit::Blame;
use probes::probe::chosen_credential::ChosenCredential;
use probes::probe::password_setup::SetUpBehaviour;

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::login_ways;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// Judges every selected row. Where it is not declared how a program sets the value up, a person walks through
/// the set-up.
pub(super) fn an_own_password_is_needed_before_use(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .flat_map(|item| {
            let driven = item.row.companions.set_up.is_some() && login_ways::of_row(item.row).is_some();
            if driven && !item.unclassified {
                of_row(facts, item)
            } else {
                let shown = companions(item, &["set_up", "login", "factor"]);
                vec![ask_about(facts, unit, item, shown, None)]
            }
        })
        .collect()
}

fn of_row(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    let id = &item.row.id;
    let set_ups = facts.results::<SetUpBehaviour>("password-setup");
    let set_ups: Vec<_> = set_ups.iter().filter(|(_, seen)| seen.row == *id).collect();
    let chosen = facts.results::<ChosenCredential>("chosen-credential");
    let chosen: Vec<_> = chosen.iter().filter(|(_, seen)| seen.row == *id).collect();
    let mut results: Vec<ItemResult> = set_ups
        .iter()
        .map(|(recorded, seen)| placed(before_use(item, recorded, seen), recorded, "tries"))
        .collect();
    results.extend(
        chosen.iter().map(|(recorded, seen)| placed(after_set_up(item, recorded, seen), recorded, "")),
    );
    for (probe, missing) in [("password-setup", set_ups.is_empty()), ("chosen-credential", chosen.is_empty())]
    {
        if missing {
            let reason = Reason::new("observation-missing").with("probe", format!("{probe} {id}"));
            results.push(open(item, reason));
        }
    }
    results
}

fn placed(result: ItemResult, recorded: &Recorded, at: &str) -> ItemResult {
    result
        .evidence(recorded.at(at))
        .effort(&recorded.observation.effort)
        .seen_in(recorded.state(), recorded.sample())
}

/// What the device as delivered lets happen before a value was chosen.
fn before_use(item: &Item<'_>, recorded: &Recorded, seen: &SetUpBehaviour) -> ItemResult {
    let row = &item.row.id;
    match seen.negative_control.as_str() {
        "rejected" => {}
        "accepted" => {
            return open(item, Reason::new("login-not-needed").with("row", row))
                .blame(Blame::DeviceOrDocumentation);
        }
        _ => return open(item, Reason::new("negative-control-unclear").with("row", row)),
    }
    let accepted = |result: &Option<String>| result.as_deref() == Some("accepted");
    for (result, with) in [(&seen.with_pre_installed, "pre-installed"), (&seen.with_empty_password, "empty")]
    {
        if accepted(result) {
            let reason = Reason::new("used-without-own-password").with("row", row).with("with", with);
            return failed(item, reason);
        }
    }
    if let Some(offered) = seen.tries.iter().find(|offered| offered.taken == Some(true)) {
        let reason = Reason::new("set-up-takes-weak-password")
            .with("row", row)
            .with("value", &offered.value)
            .with("length", offered.length);
        return failed(item, reason);
    }
    if !recorded.complete() {
        return open(item, incomplete("password-setup", recorded));
    }
    // The control of the tries: the set-up was there to refuse them.
    if !accepted(&seen.set_up_opens) || seen.tries.is_empty() {
        return open(item, Reason::new("set-up-not-seen").with("row", row));
    }
    let tried: Vec<&str> = seen.tries.iter().map(|offered| offered.value.as_str()).collect();
    pass(item, Reason::new("own-password-needed").with("row", row).with("tried", tried.join(", ")))
}

/// Which value works when the set-up is done.
fn after_set_up(item: &Item<'_>, recorded: &Recorded, seen: &ChosenCredential) -> ItemResult {
    let row = &item.row.id;
    if seen.negative_control == "accepted" {
        return open(item, Reason::new("login-not-needed").with("row", row))
            .blame(Blame::DeviceOrDocumentation);
    }
    if seen.chosen.is_none() && recorded.observation.outcome != probes::Outcome::ToolTrouble {
        return open(item, Reason::new("no-credential").with("row", row));
    }
    if seen.negative_control == "rejected" && seen.pre_installed.as_deref() == Some("accepted") {
        let opener = seen.opened_by.as_deref().unwrap_or_default();
        let reason =
            Reason::new("pre-installed-value-still-accepted").with("row", row).with("opener", opener);
        return failed(item, reason);
    }
    if !recorded.complete() {
        return open(item, incomplete("chosen-credential", recorded));
    }
    if seen.chosen.as_deref() != Some("accepted") {
        return open(item, Reason::new("good-credential-refused").with("row", row));
    }
    if seen.negative_control != "rejected"
        || seen.pre_installed.as_deref().is_some_and(|result| result != "rejected")
    {
        return open(item, Reason::new("negative-control-unclear").with("row", row));
    }
    pass(item, Reason::new("chosen-password-in-force").with("row", row))
}

fn incomplete(probe: &str, recorded: &Recorded) -> Reason {
    let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    Reason::new("observation-incomplete").with("probe", probe).with("trouble", trouble)
}

fn pass(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "set_up"));
    ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Observed, reason)
}

fn failed(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by("criterion");
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device)
}

fn open(item: &Item<'_>, reason: Reason) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

#[cfg(test)]
#[path = "set_up_tests.rs"]
mod tests;
