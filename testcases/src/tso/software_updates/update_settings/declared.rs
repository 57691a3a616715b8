//! 5.3-6-1: what is declared of automatic updates, notices of updates and their settings.

use ixit::Row;
use ixit::companion::Update;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::updates_declared::{contradictory_start, left_out_without_contradiction, update};

/// 5.3-6-1 a: it can be told whether a mechanism performs an update without the user. Closed values that contradict each
/// other tell nothing.
pub(super) fn automation_is_told(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        if let Some(reason) = contradictory_start(item.row) {
            return Look::Contradiction { reason, shown_by: "update" };
        }
        match update(item.row).and_then(|update| update.automatic) {
            Some(automatic) => Look::Met {
                reason: Reason::new("automation-declared")
                    .with("row", &item.row.id)
                    .with("automatic", automatic)
                    .expected_by("criterion"),
                shown_by: "update",
            },
            None => Look::question(item, &["update"], None),
        }
    })
}

/// 5.3-6-1 b.
pub(super) fn automatic_updates_can_be_set(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = declared(facts, unit, "user_can_configure", |update| update.user_can_configure);
    left_out_without_contradiction(facts, results, contradictory_start)
}

/// 5.3-6-1 c.
pub(super) fn automatic_updates_are_on(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = declared(facts, unit, "default_enabled", |update| update.default_enabled);
    left_out_without_contradiction(facts, results, contradictory_start)
}

/// 5.3-6-1 d.
pub(super) fn notices_can_be_set(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = declared(facts, unit, "notices_configurable", |update| update.notices_configurable);
    left_out_without_contradiction(facts, results, contradictory_notices)
}

/// 5.3-6-1 e.
pub(super) fn notices_are_on(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = declared(facts, unit, "notices_default_enabled", |update| update.notices_default_enabled);
    left_out_without_contradiction(facts, results, contradictory_notices)
}

/// A yes passes and a no fails; where nothing is said a person reads the prose.
fn declared(
    facts: &Facts<'_>,
    unit: &Unit,
    key: &'static str,
    said: fn(&Update) -> Option<bool>,
) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("setting", format!("update.{key}"))
                .expected_by("criterion")
        };
        match update(item.row).and_then(said) {
            Some(true) => Look::Met { reason: reason("update-setting-declared"), shown_by: "update" },
            Some(false) => {
                Look::Contradiction { reason: reason("update-setting-denied"), shown_by: "update" }
            }
            None => Look::question(item, &["update", "settings"], None),
        }
    })
}

/// A mechanism that tells nobody, and has places or settings of its notices all the same.
fn contradictory_notices(row: &Row) -> Option<Reason> {
    let update = update(row).filter(|update| update.notifies == Some(false))?;
    let mut told: Vec<String> = update.notice_ways.clone();
    let settings = [
        ("notices_configurable", update.notices_configurable),
        ("notices_default_enabled", update.notices_default_enabled),
        ("notice_names_risk", update.notice_names_risk),
    ];
    told.extend(settings.into_iter().filter(|(_, said)| *said == Some(true)).map(|(key, _)| key.to_owned()));
    (!told.is_empty()).then(|| {
        Reason::new("update-notices-contradicted")
            .with("row", &row.id)
            .with("told", told.join(", "))
            .expected_by("criterion")
    })
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
