//! 5.6-4-1: what is declared of debug interfaces that can be touched.

use ixit::companion::InterfaceProtection;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::interface_status::{Enabled, enabled_somewhere};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-4-1 a: the protection includes a mechanism in software that disables the interface.
pub(super) fn software_disables_it(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let declared: Vec<InterfaceProtection> =
            item.row.companions.protected_by.iter().map(|protection| protection.value).collect();
        if declared.contains(&InterfaceProtection::SoftwareDisable) {
            return met("software-disables-debugging", item, "protected_by");
        }
        if declared.is_empty() && item.row.text("protection").is_none() {
            return not_met("no-software-disables-debugging", item, "nothing", "protection");
        }
        if !declared.is_empty() && !declared.contains(&InterfaceProtection::Other) {
            let names: Vec<&str> = declared.iter().map(|protection| protection.as_str()).collect();
            return not_met("no-software-disables-debugging", item, &names.join(", "), "protected_by");
        }
        Look::question(item, &["protected_by", "permanently_disabled"], None)
    })
}

/// 5.6-4-1 b: one that is not needed now and then is disabled for ever. Its status alone does not say for how long.
pub(super) fn disabled_for_ever(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let for_ever = item.row.companions.permanently_disabled.as_ref().map(|declared| declared.value);
        match (enabled_somewhere(item.row), for_ever) {
            (Some(Enabled { place, shown_by }), _) => {
                not_met("debugging-not-disabled-for-ever", item, &format!("{place}: enabled"), shown_by)
            }
            (None, Some(false)) => not_met(
                "debugging-not-disabled-for-ever",
                item,
                "it can be enabled again",
                "permanently_disabled",
            ),
            (None, Some(true)) => met("debugging-disabled-for-ever", item, "permanently_disabled"),
            (None, None) => Look::question(item, &["exposure", "status_in", "protected_by"], None),
        }
    })
}

/// 5.6-4-1 c: one that is needed now and then is disabled by default.
pub(super) fn disabled_by_default(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let at_first = item.row.companions.status_in.get("factory_default");
        let at_first = at_first.map(|status| status.value.as_str());
        match (item.row.text("status"), at_first) {
            (Some("enabled"), _) => not_met("debugging-enabled-by-default", item, "enabled", "status"),
            (_, Some("enabled")) => {
                not_met("debugging-enabled-by-default", item, "enabled in factory default", "status_in")
            }
            (Some("disabled"), _) => met("debugging-disabled-by-default", item, "status"),
            (_, Some("disabled")) => Look::question(item, &["exposure", "status_in"], Some(Verdict::Pass)),
            _ => Look::question(item, &["exposure", "status_in"], None),
        }
    })
}

fn met(code: &str, item: &Item<'_>, shown_by: &'static str) -> Look {
    let reason = Reason::new(code).with("row", &item.row.id).expected_by("criterion");
    Look::Met { reason, shown_by }
}

fn not_met(code: &str, item: &Item<'_>, declared: &str, shown_by: &'static str) -> Look {
    let reason =
        Reason::new(code).with("row", &item.row.id).with("declared", declared).expected_by("criterion");
    Look::Contradiction { reason, shown_by }
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
