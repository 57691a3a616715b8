//! 5.11-3: users are told how to delete their data.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::published::rows::{Coverage, coverage};
use crate::verdict::Verdict;

/// 5.11-3.
pub static GROUP: Group = Group {
    id: "5.11-3",
    judges: &[Judge {
        unit: "5.11-3-1:b",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &["public-resource"],
        judge: each_function_is_covered,
    }],
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
