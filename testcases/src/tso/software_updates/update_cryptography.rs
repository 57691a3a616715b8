//! 5.3-7: updates rest on cryptography that is best practice.

use ixit::companion::Guarantee;

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::declared_cryptography;
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::updates_declared::delivery::{Step, steps};
use crate::updates_declared::verification::{guarantee_key, lacking};
use crate::verdict::Verdict;

/// 5.3-7.
pub static GROUP: Group = Group {
    id: "5.3-7",
    judges: &[
        Judge {
            unit: "5.3-7-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: guarantees_suit_updates,
        },
        Judge {
            unit: "5.3-7-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: guarantees_are_delivered,
        },
        Judge {
            unit: "5.3-7-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_best_practice,
        },
        Judge {
            unit: "5.3-7-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_free_of_known_attacks,
        },
    ],
};

/// Least of what a mechanism has to guarantee.
const MINIMUM: [Guarantee; 2] = [Guarantee::Integrity, Guarantee::Authenticity];

/// 5.3-7-1 a: the guarantees suit updates; integrity and authenticity are the minimum. Whether the use needs more is for
/// a person.
fn guarantees_suit_updates(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let standings = MINIMUM.map(|guarantee| (guarantee, guarantees::standing(item.row, guarantee)));
        if let Some((missing, _)) = standings.iter().find(|(_, standing)| *standing == Standing::Lacking) {
            return Look::Contradiction {
                reason: lacking(item.row, *missing),
                shown_by: guarantee_key(item.row),
            };
        }
        let given = standings.iter().all(|(_, standing)| *standing == Standing::Given);
        let words = standings.map(|(guarantee, standing)| {
            let word = match standing {
                Standing::Given => "declared",
                Standing::Lacking => "left out",
                Standing::Untold => "in prose at most",
            };
            format!("{}: {word}", guarantee.as_str())
        });
        Look::question(item, &["guarantees"], given.then_some(Verdict::Pass))
            .computed("computed.minimum-guarantees", words.join("; "))
    })
}

/// 5.3-7-1 b: the mechanism as a whole delivers what it guarantees. A guarantee that another entry takes back fails.
fn guarantees_are_delivered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let steps = steps(facts, item.row);
        let lines = |wanted: fn(&Step) -> bool| -> Vec<String> {
            let steps = steps.iter().filter(|(_, step)| wanted(step));
            steps.map(|(guarantee, step)| format!("{}: {}", guarantee.as_str(), step.told())).collect()
        };
        let taken_back = lines(|step| matches!(step, Step::Nothing(_)));
        if !taken_back.is_empty() {
            let reason = Reason::new("declared-guarantee-not-delivered")
                .with("row", &item.row.id)
                .with("steps", taken_back.join("; "))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "guarantees" };
        }
        let all = !steps.is_empty() && steps.iter().all(|(_, step)| matches!(step, Step::By(_)));
        let shown = companions(item, &["guarantees", "update", "crypto", "endpoint"]);
        let look = Look::Question { shown, prejudgement: all.then_some(Verdict::Pass) };
        lines(|_| true).into_iter().fold(look, |look, line| look.computed("computed.step", line))
    })
}

#[cfg(test)]
#[path = "update_cryptography/tests.rs"]
mod tests;
