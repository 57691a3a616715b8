//! 5.4-3: what is hard-coded in the source is replaced on each device.

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::files;
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::value_in_the_clear::shown_files;
use ixit::Blame;

/// 5.4-3.
pub static GROUP: Group = Group {
    id: "5.4-3",
    judges: &[Judge {
        unit: "5.4-3-2:a",
        by: By::Assisted,
        machine_can: &[],
        needs: &["handed-in"],
        judge: provisioned_as_declared,
    }],
};

/// 5.4-3-2 a: the hard-coded value is out of use once the device was provisioned, and no two devices share the new one.
/// That the value stands in an image is what hard-coded means, and fails nobody.
fn provisioned_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let files = files(facts);
    selected
        .items
        .iter()
        .map(|item| {
            let result = assisted::ask_about(facts, unit, item, shown_files(&files), None);
            let args = [("row", item.row.id.clone())];
            if outcome::yes(&result, "old_value_accepted") {
                return outcome::fail(result, "hard-coded-value-in-use", Blame::Device, &args);
            }
            if outcome::yes(&result, "same_on_both") {
                return outcome::fail(result, "same-value-on-two-samples", Blame::Device, &args);
            }
            result
        })
        .collect()
}

#[cfg(test)]
#[path = "hard_coded_parameters/tests.rs"]
mod tests;
