//! 5.3-11: users learn that a security update is needed, and which risks it takes away.

use ixit::companion::Update;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.3-11.
pub static GROUP: Group = Group {
    id: "5.3-11",
    judges: &[
        Judge {
            unit: "5.3-11-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_notice_is_apparent,
        },
        Judge {
            unit: "5.3-11-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_notice_tells_the_risks,
        },
    ],
};

/// Ways that come to the user by themselves.
const APPARENT: &[&str] = &["panel", "web-interface", "app", "push", "mail"];
/// Where nobody is told anything who does not go and look.
const ONLY_ON_REQUEST: &str = "web-page";

/// 5.3-11-1 a: a mechanism that tells the user nothing, or on a page of the maker alone, contradicts the criterion; how
/// apparent the notice is, is for a person.
fn the_notice_is_apparent(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let update = update(item);
        if let Some(look) = untold(item, update) {
            return look;
        }
        let ways: Vec<&str> =
            update.map(|update| update.notice_ways.iter().map(String::as_str).collect()).unwrap_or_default();
        if !ways.is_empty() && ways.iter().all(|way| *way == ONLY_ON_REQUEST) {
            let reason = Reason::new("notice-on-web-page-only")
                .with("row", &item.row.id)
                .with("ways", ways.join(", "))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "update" };
        }
        let apparent = ways.iter().any(|way| APPARENT.contains(way));
        let prejudgement = match update.and_then(|update| update.notifies) {
            Some(true) if apparent => Some(Verdict::Pass),
            None if item.row.text("user_notification").is_none() => Some(Verdict::Fail),
            _ => None,
        };
        let ways =
            if ways.is_empty() { "no way declared in closed form".to_owned() } else { ways.join(", ") };
        Look::question(item, &[], prejudgement).computed("computed.notice-ways", ways)
    })
}

/// 5.3-11-1 b: the notice says which risk the update takes away, by the word of the supplier.
fn the_notice_tells_the_risks(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let update = update(item);
        if let Some(look) = untold(item, update) {
            return look;
        }
        let reason = |code: &str| Reason::new(code).with("row", &item.row.id).expected_by("criterion");
        let notifies = update.and_then(|update| update.notifies);
        match update.and_then(|update| update.notice_names_risk) {
            Some(false) => Look::Contradiction { reason: reason("notice-without-risk"), shown_by: "update" },
            Some(true) if notifies == Some(true) => {
                Look::Met { reason: reason("notice-names-risk"), shown_by: "update" }
            }
            Some(true) => Look::question(item, &["update"], Some(Verdict::Pass)),
            None => Look::question(item, &[], None),
        }
    })
}

/// A mechanism that is declared to tell the user nothing. The condition of the provision does not ask whether it does.
fn untold(item: &Item<'_>, update: Option<&Update>) -> Option<Look> {
    (update?.notifies == Some(false)).then(|| Look::Contradiction {
        reason: Reason::new("no-update-notice-declared").with("row", &item.row.id).expected_by("criterion"),
        shown_by: "update",
    })
}

fn update<'a>(item: &Item<'a>) -> Option<&'a Update> {
    item.row.companions.update.as_ref().map(|update| &update.value)
}

#[cfg(test)]
#[path = "update_notices/tests.rs"]
mod tests;
