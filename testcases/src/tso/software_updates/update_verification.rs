//! 5.3-9: the device verifies authenticity and integrity of an update before it installs it.

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::updates_declared::verification::{Property, properly_verified};
use crate::verdict::Verdict;

/// 5.3-9.
pub static GROUP: Group = Group {
    id: "5.3-9",
    judges: &[
        Judge {
            unit: "5.3-9-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: authenticity_is_verified,
        },
        Judge {
            unit: "5.3-9-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: integrity_is_verified,
        },
        Judge {
            unit: "5.3-9-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_device_verifies_authenticity,
        },
        Judge {
            unit: "5.3-9-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_device_verifies_integrity,
        },
    ],
};

/// 5.3-9-1 a: authenticity, with regard to the supplier as the source and the device as the target.
fn authenticity_is_verified(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    properly_verified(facts, unit, &[Property::Authenticity])
}

/// 5.3-9-1 b.
fn integrity_is_verified(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    properly_verified(facts, unit, &[Property::Integrity])
}

/// 5.3-9-1 c.
fn the_device_verifies_authenticity(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    by_device(facts, unit, Property::Authenticity)
}

/// 5.3-9-1 d.
fn the_device_verifies_integrity(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    by_device(facts, unit, Property::Integrity)
}

/// A yes passes and a no fails. A yes to something that the mechanism does not guarantee is for a person.
fn by_device(facts: &Facts<'_>, unit: &Unit, property: Property) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let guaranteed = guarantees::standing(item.row, property.guarantee());
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("guarantee", property.guarantee().as_str())
                .with("setting", property.key())
                .expected_by("criterion")
        };
        match (property.by_device(item.row), guaranteed) {
            (Some(false), _) => {
                Look::Contradiction { reason: reason("update-not-checked-by-device"), shown_by: "update" }
            }
            (Some(true), Standing::Given | Standing::Untold) => {
                Look::Met { reason: reason("update-checked-by-device"), shown_by: "update" }
            }
            (Some(true), Standing::Lacking) => Look::Question {
                shown: companions(item, &["update", "guarantees"]),
                prejudgement: Some(Verdict::Fail),
            },
            (None, _) => Look::question(item, &["update", "guarantees"], None),
        }
    })
}

#[cfg(test)]
#[path = "update_verification/tests.rs"]
mod tests;
