//! 5.5-1: the device communicates with best practice cryptography.
//!
//! The base of 5.5-6, 5.5-7, 5.8-1 and 5.8-2, which apply the same to fewer mechanisms, with
//! confidentiality as a further minimum: the same mechanism comes to the same verdict there.

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::mechanism;
use crate::traffic_seen::cryptography_and_clear_text;
use crate::verdict::Verdict;

/// 5.5-1.
pub static GROUP: Group = Group {
    id: "5.5-1",
    judges: &[
        Judge {
            unit: "5.5-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_guarantees_suit_the_use,
        },
        Judge {
            unit: "5.5-1-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_cryptography_is_best_practice,
        },
        Judge {
            unit: "5.5-1-1:d",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: no_attack_on_the_cryptography_is_feasible,
        },
        Judge {
            unit: "5.5-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["tcp-sweep", "identify", "tls-server", "tls-client", "traffic", "interruption"],
            judge: cryptography_and_clear_text,
        },
    ],
};

/// 5.5-1-1 a: a mechanism without any guarantee, or one that carries critical parameters or personal data
/// without integrity or authenticity, contradicts its use; all else is for a person to say.
fn the_guarantees_suit_the_use(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        mechanism::lacks_guarantee(facts.declaration, item.row, false)
            .unwrap_or_else(|| Look::question(item, &[], None))
    })
}

/// 5.5-1-1 c: what is on the deny list is not best practice; what is not on it may still not be.
fn the_cryptography_is_best_practice(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        mechanism::uses_broken_cryptography(item.row)
            .unwrap_or_else(|| Look::question(item, &["crypto"], None))
    })
}

/// 5.5-1-1 d: what is on the deny list can be attacked with the means of the baseline attacker.
fn no_attack_on_the_cryptography_is_feasible(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    the_cryptography_is_best_practice(facts, unit)
}

#[cfg(test)]
#[path = "best_practice_cryptography/tests.rs"]
mod tests;
