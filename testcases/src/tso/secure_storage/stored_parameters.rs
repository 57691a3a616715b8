//! 5.4-1: sensitive parameters are listed, rightly called critical or public, and stored as the scheme of their
//! protection says.

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::files;
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::value_in_the_clear::{keys_in_images, ruled_by_files, shown_files, values_of_no_parameter};
use crate::verdict::Verdict;
use ixit::Blame;

#[path = "stored_parameters/declared.rs"]
mod declared;
#[path = "stored_parameters/listed.rs"]
mod listed;
#[path = "stored_parameters/needs.rs"]
mod needs;

/// 5.4-1.
pub static GROUP: Group = Group {
    id: "5.4-1",
    judges: &[
        Judge {
            unit: "5.4-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::type_fits_the_value,
        },
        Judge {
            unit: "5.4-1-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::guarantees_meet_the_minimum,
        },
        Judge {
            unit: "5.4-1-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_scheme_gives_the_guarantees,
        },
        Judge {
            unit: "5.4-1-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: listed::no_parameter_is_left_out,
        },
        Judge {
            unit: "5.4-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["handed-in"],
            judge: stored_as_declared,
        },
    ],
};

/// 5.4-1-2 a: a critical value that stands in the clear in a log or an image is not stored as declared. Beyond that a
/// person says what was tried.
fn stored_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let files = files(facts);
    let mut results: Vec<ItemResult> = selected
        .items
        .iter()
        .map(|item| {
            if let Some(result) = ruled_by_files(facts, item, &files) {
                return result;
            }
            let mut shown = assisted::companions(item, &["hard_coded_in_source"]);
            shown.extend(shown_files(&files));
            let result = assisted::ask_about(facts, unit, item, shown, None);
            let critical = item.row.text("type") == Some("critical");
            match (outcome::yes(&result, "value_seen") && critical, outcome::yes(&result, "changed")) {
                (true, _) => outcome::fail(
                    result,
                    "value-read-by-hand",
                    Blame::Device,
                    &[("row", item.row.id.clone())],
                ),
                (false, true) => outcome::fail(
                    result,
                    "value-changed-by-hand",
                    Blame::Device,
                    &[("row", item.row.id.clone())],
                ),
                (false, false) => result,
            }
        })
        .collect();
    results.extend(keys_in_images(facts, &files));
    results.extend(values_of_no_parameter(facts, &files));
    results
}

#[cfg(test)]
#[path = "stored_parameters/declared_tests.rs"]
mod declared_tests;
#[cfg(test)]
#[path = "stored_parameters/listed_tests.rs"]
mod listed_tests;
#[cfg(test)]
#[path = "stored_parameters/tests.rs"]
mod tests;
