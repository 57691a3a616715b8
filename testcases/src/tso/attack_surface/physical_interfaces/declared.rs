//! 5.6-3-1: what is declared of physical interfaces that need no exposure, or not always.

use ixit::companion::InterfaceProtection;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::interface_status::{Enabled, enabled_somewhere};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-3-1 a: the protection of an interface that needs no exposure includes the casing. What does the same as a
/// casing is for a person; software alone keeps nobody from the contacts.
pub(super) fn casing_protects_what_needs_no_exposure(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let declared: Vec<InterfaceProtection> =
            item.row.companions.protected_by.iter().map(|protection| protection.value).collect();
        if declared.contains(&InterfaceProtection::Casing) {
            let reason = Reason::new("casing-protects").with("row", &item.row.id).expected_by("criterion");
            return Look::Met { reason, shown_by: "protected_by" };
        }
        if declared.is_empty() {
            match item.row.text("protection") {
                None => return Look::untold(item, "protection"),
                Some(text) if denial(text, &[]) == Denial::Wholly => {
                    return nothing_protects(item, text, "protection");
                }
                Some(_) => {}
            }
        }
        let perhaps = |protection: &InterfaceProtection| {
            matches!(protection, InterfaceProtection::LikeCasing | InterfaceProtection::Other)
        };
        if !declared.is_empty() && !declared.iter().any(perhaps) {
            let names: Vec<&str> = declared.iter().map(|protection| protection.as_str()).collect();
            return nothing_protects(item, &names.join(", "), "protected_by");
        }
        let similar = declared.contains(&InterfaceProtection::LikeCasing);
        Look::question(item, &["protected_by", "exposure", "is_air"], similar.then_some(Verdict::Pass))
    })
}

fn nothing_protects(item: &Item<'_>, declared: &str, shown_by: &'static str) -> Look {
    let reason = Reason::new("no-casing-protects")
        .with("row", &item.row.id)
        .with("declared", declared)
        .expected_by("criterion");
    Look::Contradiction { reason, shown_by }
}

/// 5.6-3-1 b: an air interface that needs no exposure is disabled, whatever the state of the device.
pub(super) fn unneeded_air_interface_is_disabled(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| match enabled_somewhere(item.row) {
        Some(Enabled { place, shown_by }) => Look::Contradiction {
            reason: Reason::new("unneeded-air-interface-enabled")
                .with("row", &item.row.id)
                .with("place", place)
                .expected_by("criterion"),
            shown_by,
        },
        None if item.row.text("status") == Some("disabled") => Look::Met {
            reason: Reason::new("unneeded-air-interface-disabled")
                .with("row", &item.row.id)
                .expected_by("criterion"),
            shown_by: "status",
        },
        None => Look::question(item, &["exposure", "status_in"], None),
    })
}

/// 5.6-3-1 c: an interface that is needed now and then is disabled while it is not needed. Only the companion says
/// so of one whose status is enabled; a status of disabled says it of every state without need.
pub(super) fn disabled_while_not_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let declared = item.row.companions.disabled_while_not_needed.as_ref().map(|declared| declared.value);
        let met = |shown_by| Look::Met {
            reason: Reason::new("disabled-while-not-needed")
                .with("row", &item.row.id)
                .expected_by("criterion"),
            shown_by,
        };
        let status = item.row.text("status");
        match (declared, status) {
            (Some(true), _) => met("disabled_while_not_needed"),
            (Some(false), _) => Look::Contradiction {
                reason: Reason::new("enabled-while-not-needed")
                    .with("row", &item.row.id)
                    .expected_by("criterion"),
                shown_by: "disabled_while_not_needed",
            },
            (None, Some("disabled")) if enabled_somewhere(item.row).is_none() => met("status"),
            (None, _) => {
                let expected = (status == Some("enabled")).then_some(Verdict::Fail);
                Look::question(item, &["exposure", "status_in"], expected)
            }
        }
    })
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
