//! 5.3-6: automatic updates and notices of updates are on at first, and the user can enable, disable or postpone them.

#[path = "update_settings/declared.rs"]
mod declared;

use ixit::Blame;
use ixit::companion::Setting;

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::observing::settings::{is_driven, setting};
use crate::reason::Reason;
use crate::selection::Item;
use crate::settings_seen::{self, Seen};
use crate::verdict::Verdict;

const AUTOMATIC: &str = "automatic-updates";
const NOTICES: &str = "update-notices";

/// 5.3-6.
pub static GROUP: Group = Group {
    id: "5.3-6",
    judges: &[
        Judge {
            unit: "5.3-6-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::automation_is_told,
        },
        Judge {
            unit: "5.3-6-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::automatic_updates_can_be_set,
        },
        Judge {
            unit: "5.3-6-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::automatic_updates_are_on,
        },
        Judge {
            unit: "5.3-6-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::notices_can_be_set,
        },
        Judge {
            unit: "5.3-6-1:e",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::notices_are_on,
        },
        Judge {
            unit: "5.3-6-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["settings"],
            judge: automatic_updates_are_on,
        },
        Judge {
            unit: "5.3-6-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["settings"],
            judge: automatic_updates_can_be_changed,
        },
        Judge {
            unit: "5.3-6-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["settings"],
            judge: notices_are_on,
        },
        Judge {
            unit: "5.3-6-2:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["settings"],
            judge: notices_can_be_changed,
        },
    ],
};

/// 5.3-6-2 a.
fn automatic_updates_are_on(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, AUTOMATIC, on_at_first)
}

/// 5.3-6-2 b.
fn automatic_updates_can_be_changed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, AUTOMATIC, changes_as_declared)
}

/// 5.3-6-2 c.
fn notices_are_on(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, NOTICES, on_at_first)
}

/// 5.3-6-2 d.
fn notices_can_be_changed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, NOTICES, changes_as_declared)
}

/// What a setting shows: a result, or nothing that a machine can go by.
type OfSetting = fn(&Item<'_>, &Setting, &Seen<'_>) -> Option<ItemResult>;

fn each(facts: &Facts<'_>, unit: &Unit, key: &str, judge: OfSetting) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    for item in &selected.items {
        let declared = setting(item.row, key).filter(|setting| is_driven(facts.declaration, setting));
        // A setting that is told in prose only, or that no program can reach, is changed by a person.
        let Some(declared) = declared.filter(|_| !item.unclassified) else {
            results.push(ask_about(facts, unit, item, companions(item, &["update", "settings"]), None));
            continue;
        };
        let seen = settings_seen::of(facts, &item.row.id, key);
        if seen.is_empty() {
            let probe = format!("settings {} {key}", item.row.id);
            results.push(open(item, Reason::new("observation-missing").with("probe", probe)));
        }
        for seen in &seen {
            let result = judge(item, declared, seen);
            results.push(match result {
                Some(result) => result
                    .evidence(seen.recorded.at(seen.place()))
                    .effort(&seen.recorded.observation.effort)
                    .seen_in(seen.recorded.state(), seen.recorded.sample()),
                None => ask_about(facts, unit, item, seen.shown(), None),
            });
        }
    }
    results
}

/// The setting was on when it was first read.
fn on_at_first(item: &Item<'_>, _: &Setting, seen: &Seen<'_>) -> Option<ItemResult> {
    let first = match (&seen.setting.first, seen.setting.status) {
        (Some(first), _) => first,
        (None, Some(_)) => return None,
        (None, None) => return Some(incomplete(item, seen)),
    };
    let reason = |code: &str| named(code, item, seen).with("position", first);
    match first.as_str() {
        "on" => Some(pass(item, reason("setting-on-at-first"))),
        "off" | "later" => Some(failed(item, reason("setting-off-at-first"))),
        _ => None,
    }
}

/// The setting takes every declared position, stays in it, and obeys nobody who is not logged in.
fn changes_as_declared(item: &Item<'_>, declared: &Setting, seen: &Seen<'_>) -> Option<ItemResult> {
    if seen.setting.control.is_none() {
        return seen.setting.status.is_none().then(|| incomplete(item, seen));
    }
    let mut positions = vec!["off", "on"];
    positions.extend(declared.later.as_ref().map(|_| "later"));
    for to in &positions {
        let Some(change) = seen.change(to) else { continue };
        let status = change.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
        let reason = |code: &str| named(code, item, seen).with("position", to).with("status", &status);
        match (change.offered, change.read.as_deref(), change.stayed.as_deref()) {
            (false, _, _) => {
                return Some(failed(item, reason("setting-not-offered")).blame(Blame::DeviceOrDocumentation));
            }
            (true, Some(read), _) if read != *to => {
                let refused = change.status.is_some_and(|status| status >= 400);
                let code = if refused { "setting-change-refused" } else { "setting-change-without-effect" };
                return Some(failed(item, reason(code).with("read", read)));
            }
            (true, Some(_), Some(stayed)) if stayed != *to => {
                return Some(failed(item, reason("setting-does-not-stay").with("read", stayed)));
            }
            _ => {}
        }
    }
    let strangers = seen.setting.stranger.as_ref().and_then(|stranger| stranger.changed);
    if strangers == Some(true) {
        return Some(failed(item, named("setting-open-to-strangers", item, seen)));
    }
    let read = |to: &&str| seen.change(to).is_some_and(|change| change.read.is_some());
    let stayed = seen.change("off").is_some_and(|change| change.stayed.is_some());
    // Where somebody has to log in, it has to be shown that nobody else can change it.
    let guarded = declared.who.is_none() || strangers == Some(false);
    if !positions.iter().all(read) || !stayed || !guarded {
        return Some(incomplete(item, seen));
    }
    Some(pass(item, named("setting-changes-as-declared", item, seen).with("positions", positions.join(", "))))
}

fn named(code: &str, item: &Item<'_>, seen: &Seen<'_>) -> Reason {
    Reason::new(code)
        .with("row", &item.row.id)
        .with("setting", &seen.setting.key)
        .with("page", &seen.setting.page)
}

fn incomplete(item: &Item<'_>, seen: &Seen<'_>) -> ItemResult {
    let trouble = seen.recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    open(item, Reason::new("observation-incomplete").with("probe", "settings").with("trouble", trouble))
}

fn pass(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "settings"));
    ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Observed, reason)
}

fn failed(item: &Item<'_>, reason: Reason) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "settings"));
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device)
}

fn open(item: &Item<'_>, reason: Reason) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

#[cfg(test)]
#[path = "update_settings/tests.rs"]
mod tests;
