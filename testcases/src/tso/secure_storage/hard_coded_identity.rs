//! 5.4-2: a hard-coded identity is called one, and withstands tampering.

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::files;
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::value_in_the_clear::{ruled_by_files, shown_files};
use crate::verdict::Verdict;
use ixit::Blame;

/// 5.4-2.
pub static GROUP: Group = Group {
    id: "5.4-2",
    judges: &[
        Judge {
            unit: "5.4-2-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::identities_are_called_so,
        },
        Judge {
            unit: "5.4-2-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::tamper_resistance_is_guaranteed,
        },
        Judge {
            unit: "5.4-2-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_scheme_withstands_tampering,
        },
        Judge {
            unit: "5.4-2-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["handed-in"],
            judge: protected_as_declared,
        },
    ],
};

#[path = "hard_coded_identity/declared.rs"]
mod declared;

/// 5.4-2-2 a: an identity whose value leaves the protected part in the clear is not kept there.
fn protected_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let files = files(facts);
    selected
        .items
        .iter()
        .map(|item| {
            if let Some(result) = ruled_by_files(facts, item, &files) {
                return result;
            }
            let result = assisted::ask_about(facts, unit, item, shown_files(&files), None);
            if outcome::yes(&result, "changed") {
                let args = [("row", item.row.id.clone())];
                return outcome::fail(result, "value-changed-by-hand", Blame::Device, &args);
            }
            result
        })
        .collect()
}

#[cfg(test)]
#[path = "hard_coded_identity/tests.rs"]
mod tests;
