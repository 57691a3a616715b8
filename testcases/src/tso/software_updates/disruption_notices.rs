//! 5.3-12: users are told when an update will disrupt what the device is for.

use ixit::companion::Update;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.3-12.
pub static GROUP: Group = Group {
    id: "5.3-12",
    judges: &[Judge {
        unit: "5.3-12-1:a",
        by: By::Machine,
        machine_can: &[Verdict::Pass, Verdict::Fail],
        needs: &[],
        judge: the_device_tells_of_disruptions,
    }],
};

/// Reason of a mechanism whose updates disrupt nothing: then there is nothing to tell.
const NEVER: &str = "updates-never-disruptive";

/// Ways on which the device itself speaks.
const ON_THE_DEVICE: &[&str] = &["panel", "web-interface", "light-or-sound"];

/// 5.3-12-1 a: each mechanism supports a notice of disruptive updates on the device itself, or never disrupts basic
/// functioning; the latter is fulfilled without a notice, and shown as such.
fn the_device_tells_of_disruptions(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let vacuous = |result: ItemResult| {
        if result.verdict == Verdict::Pass && result.reason.code == NEVER { result.vacuous() } else { result }
    };
    each_row(facts, unit, look).into_iter().map(vacuous).collect()
}

fn look(item: &Item<'_>) -> Look {
    let reason = |code: &str| Reason::new(code).with("row", &item.row.id).expected_by("criterion");
    let Some(update) = item.row.companions.update.as_ref().map(|update| &update.value) else {
        return Look::question(item, &[], None);
    };
    let notice = (update.disruption_notice, update.disruption_notice_on_device);
    match (notice, update.never_disruptive) {
        ((Some(true), Some(true)), _) if elsewhere_only(update) => {
            Look::question(item, &["update"], Some(Verdict::Fail))
        }
        ((Some(true), Some(true)), _) => {
            Look::Met { reason: reason("disruption-notice-on-device"), shown_by: "update" }
        }
        (_, Some(true)) => Look::Met { reason: reason(NEVER), shown_by: "update" },
        ((Some(false), _), Some(false)) => {
            Look::Contradiction { reason: reason("no-disruption-notice"), shown_by: "update" }
        }
        ((_, Some(false)), Some(false)) => {
            Look::Contradiction { reason: reason("disruption-notice-not-on-device"), shown_by: "update" }
        }
        // Without a word on whether updates disrupt anything there may be nothing to tell.
        ((Some(false), _) | (_, Some(false)), None) => Look::question(item, &["update"], Some(Verdict::Fail)),
        _ => Look::question(item, &["update"], None),
    }
}

/// The declared ways of notices lead past the device, against what is declared of the disruption.
fn elsewhere_only(update: &Update) -> bool {
    let ways = &update.notice_ways;
    !ways.is_empty() && !ways.iter().any(|way| ON_THE_DEVICE.contains(&way.as_str()))
}

#[cfg(test)]
#[path = "disruption_notices/tests.rs"]
mod tests;
