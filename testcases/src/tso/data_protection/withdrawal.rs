//! 6-3: consent to the processing of personal data can be withdrawn.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::settings_seen;
use crate::traffic_seen::consent;
use crate::verdict::Verdict;

#[path = "withdrawal/declared.rs"]
mod declared;

/// 6-3.
pub static GROUP: Group = Group {
    id: "6-3",
    judges: &[
        Judge {
            unit: "6-3-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::consent_can_be_withdrawn_at_any_time,
        },
        Judge {
            unit: "6-3-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["traffic", "settings"],
            judge: consent_is_withdrawn_as_declared,
        },
    ],
};

/// 6-3-2 a: consent is withdrawn as declared. A device that sends without any consent keeps to no withdrawal either,
/// nor does one whose switch cannot be put off again, or that goes on sending; all else is for a person.
fn consent_is_withdrawn_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    consent::nothing_leaves_before_it(facts, unit, settings_seen::consent::contradicts_withdrawal)
}

#[cfg(test)]
#[path = "withdrawal/tests.rs"]
mod tests;
