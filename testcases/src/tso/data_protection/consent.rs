//! 6-2: personal data that rest on consent are processed after a valid one.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::settings_seen;
use crate::traffic_seen::consent;
use crate::verdict::Verdict;

#[path = "consent/declared.rs"]
mod declared;

/// 6-2.
pub static GROUP: Group = Group {
    id: "6-2",
    judges: &[
        Judge {
            unit: "6-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::opt_in_is_free_and_explicit,
        },
        Judge {
            unit: "6-2-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["traffic", "settings"],
            judge: consent_is_obtained_as_declared,
        },
    ],
};

/// 6-2-2 a: consent is obtained as declared. Planted data of such a row that leave the device before anybody could
/// agree, or while its switch is off, and a switch that is on at first contradict it; all else is for a person.
fn consent_is_obtained_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    consent::nothing_leaves_before_it(facts, unit, settings_seen::consent::contradicts_obtaining)
}

#[cfg(test)]
#[path = "consent/tests.rs"]
mod tests;
