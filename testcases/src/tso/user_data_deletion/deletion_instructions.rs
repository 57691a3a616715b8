//! 5.11-3: users are told how to delete their data.

use super::service_data::{stored, value_to_enter};
use crate::assisted::{self, Look, companions, each_row};
use crate::catalogue::Unit;
use crate::deletion_seen::{self, PROBE};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::published::rows::{Coverage, coverage};
use crate::verdict::Verdict;

/// 5.11-3.
pub static GROUP: Group = Group {
    id: "5.11-3",
    judges: &[
        Judge {
            unit: "5.11-3-1:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &[PROBE],
            judge: data_were_created,
        },
        Judge {
            unit: "5.11-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: each_function_is_covered,
        },
        Judge {
            unit: "5.11-3-1:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &[PROBE, "public-resource"],
            judge: the_text_leads_to_the_deletion,
        },
    ],
};

/// Words of which one stands on every page about deletion, beside those that name the functions.
const TOPIC: &[&str] = &[
    "delete",
    "deletion",
    "erase",
    "remove",
    "reset",
    "削除",
    "消去",
    "初期化",
    "リセット",
    "löschen",
    "effacer",
    "supprimer",
    "删除",
    "삭제",
];

/// 5.11-3-1 a: what was given to the device, and what a person enters at the services.
fn data_were_created(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(
        deletion_seen::lines(facts, None).into_iter().filter(|line| line.label.ends_with(".planted")),
    );
    shown.extend(stored(facts).into_iter().map(|row| value_to_enter(facts, row)));
    vec![assisted::ask(facts, unit, "-", shown, None)]
}

/// 5.11-3-1 c: what the text says and what came of the declared order, side by side; a person follows the text.
fn the_text_leads_to_the_deletion(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let mut shown = companions(item, &["told", "erasure"]);
        shown.extend(deletion_seen::lines(facts, Some(&item.row.id)));
        Look::Question { shown, prejudgement: None }
    })
}

/// 5.11-3-1 b: a function whose declared words stand nowhere in a text that was read whole is not covered;
/// whether the place that names it explains it is for a person.
fn each_function_is_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let wanted = Coverage {
        entry: "documentation_of_deletion",
        topic: TOPIC,
        purposes: false,
        users: false,
        told: None,
        not_told: "deletion-not-told",
        otherwise: "deletion-not-told",
    };
    coverage(facts, unit, &wanted)
}

#[cfg(test)]
#[path = "deletion_instructions/tests.rs"]
mod tests;
