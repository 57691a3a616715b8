//! 5.5-1: the device communicates with best practice cryptography.
//!
//! The base of 5.5-6, 5.5-7, 5.8-1 and 5.8-2, which apply the same to fewer mechanisms, with
//! confidentiality as a further minimum: the same mechanism comes to the same verdict there.

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::declared_cryptography;
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
            unit: "5.5-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_guarantees_can_be_given,
        },
        // Row by row by machine where cryptography is declared; what declares none, as discovery, is for a person.
        Judge {
            unit: "5.5-1-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_best_practice,
        },
        Judge {
            unit: "5.5-1-1:d",
            by: By::Assisted,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_free_of_known_attacks,
        },
        Judge {
            unit: "5.5-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[
                "tcp-sweep",
                "identify",
                "tls-server",
                "tls-client",
                "traffic",
                "interruption",
                "ble-pairing",
            ],
            judge: cryptography_and_clear_text,
        },
    ],
};

/// 5.5-1-1 a: a mechanism without any guarantee, or one that carries critical parameters or personal data
/// without integrity or authenticity, contradicts its use; all else is for a person to say, who is shown what the
/// data that it carries are declared to need.
fn the_guarantees_suit_the_use(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        mechanism::lacks_guarantee(facts.declaration, item.row, false)
            .unwrap_or_else(|| mechanism::against_what_it_carries(facts, item))
    })
}

/// 5.5-1-1 b: a declared guarantee that none of the declared protocols and mechanisms can give contradicts the
/// criterion; whether the whole gives the others is for a person.
fn the_guarantees_can_be_given(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        mechanism::promises_too_much(facts, item.row).unwrap_or_else(|| Look::Question {
            shown: mechanism::fact_sheet(facts, item),
            prejudgement: None,
        })
    })
}

#[cfg(test)]
#[path = "best_practice_cryptography/tests.rs"]
mod tests;
