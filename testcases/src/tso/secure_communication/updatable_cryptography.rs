//! 5.5-3: cryptography can be updated.

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.5-3.
pub static GROUP: Group = Group {
    id: "5.5-3",
    judges: &[
        Judge {
            unit: "5.5-3-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: an_update_mechanism_is_named,
        },
        Judge {
            unit: "5.5-3-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: side_effects_are_considered,
        },
    ],
};

/// 5.5-3-1 a: a component that uses cryptography names a mechanism by which it is updated. A list without any is a statement
/// and fails; a reference that leads nowhere has to be mended first.
fn an_update_mechanism_is_named(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let named = item.row.texts("update_mechanism");
        let known = |id: &&str| facts.row(id).is_some_and(|(table, _)| table == "upd_mech");
        let mechanisms: Vec<&str> = named.iter().copied().filter(known).collect();
        let reason = |code: &str, mechanisms: &[&str]| {
            let mechanisms = if mechanisms.is_empty() { "-".to_owned() } else { mechanisms.join(", ") };
            Reason::new(code)
                .with("row", &item.row.id)
                .with("mechanisms", mechanisms)
                .expected_by("criterion")
        };
        let shown_by = "update_mechanism";
        match (mechanisms.is_empty(), named.is_empty()) {
            (false, _) => Look::Met { reason: reason("cryptography-updatable", &mechanisms), shown_by },
            (true, true) => {
                Look::Contradiction { reason: reason("cryptography-without-update", &named), shown_by }
            }
            (true, false) => Look::dangling(item, shown_by, &named),
        }
    })
}

/// 5.5-3-1 b: the field has three values, and one of them says yes.
fn side_effects_are_considered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let usage = item.row.text("cryptographic_usage").unwrap_or_default();
        let reason = |code: &str| {
            Reason::new(code).with("row", &item.row.id).with("usage", usage).expected_by("criterion")
        };
        match usage {
            "yes / side effects considered: yes" => {
                Look::Met { reason: reason("side-effects-considered"), shown_by: "cryptographic_usage" }
            }
            "yes / side effects considered: no" => Look::Contradiction {
                reason: reason("side-effects-not-considered"),
                shown_by: "cryptographic_usage",
            },
            _ => Look::question(item, &[], None),
        }
    })
}

#[cfg(test)]
#[path = "updatable_cryptography/tests.rs"]
mod tests;
