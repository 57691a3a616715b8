//! 5.7-1: software is verified before it runs.

#[path = "secure_boot/declared.rs"]
mod declared;

use ixit::Blame;
use probes::handed_in::Sighting;

use super::after_detected_change::calls;
use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::{FileSeen, files};
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.7-1.
pub static GROUP: Group = Group {
    id: "5.7-1",
    judges: &[
        Judge {
            unit: "5.7-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::integrity_and_authenticity_are_guaranteed,
        },
        Judge {
            unit: "5.7-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::detection_suits_the_guarantees,
        },
        Judge {
            unit: "5.7-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["handed-in", "traffic"],
            judge: altered_software_does_not_start,
        },
    ],
};

/// What is reached only once the software runs.
const RUNNING: &[&str] = &["root-shell", "shell-prompt", "login-prompt"];

/// 5.7-1-2 a: an altered image does not start. A log of its start (handed in for the row of the mechanism) that runs
/// through to a prompt without a word of refusal fails it; else a person says what the device did.
fn altered_software_does_not_start(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let files = files(facts);
    // Whom the device called after the change tells whether it ran on.
    let calls = calls(facts);
    selected
        .items
        .iter()
        .map(|item| {
            let logs: Vec<&FileSeen<'_>> = files.iter().filter(|seen| seen.is_log_of(&item.row.id)).collect();
            shown_by_log(item, &logs).unwrap_or_else(|| {
                let mut shown: Vec<_> = logs.iter().flat_map(|seen| seen.shown()).collect();
                shown.extend(calls.clone());
                let result = assisted::ask_about(facts, unit, item, shown, None);
                if outcome::word(&result, "start") == "runs-on" {
                    let args = [("row", item.row.id.clone())];
                    return outcome::fail(result, "altered-software-noted", Blame::Device, &args);
                }
                let (before, after) = (outcome::word(&result, "before"), outcome::word(&result, "after"));
                if !before.is_empty() && before == after {
                    let found = "the image has the same digest before and after the change".to_owned();
                    return outcome::doubt(result, "notes-contradict", &[("found", found)]);
                }
                result
            })
        })
        .collect()
}

fn shown_by_log(item: &Item<'_>, logs: &[&FileSeen<'_>]) -> Option<ItemResult> {
    let (seen, sighting) = logs.iter().find_map(|seen| Some((*seen, started(seen)?)))?;
    let reason = Reason::new("altered-software-started")
        .with("row", &item.row.id)
        .with("found", &sighting.what)
        .with("line", sighting.line)
        .with("file", &seen.file.name)
        .expected_by(item.row.reference("sec_boot", "detection_mechanisms"));
    let result = ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::Device)
        .evidence(seen.place(Some(sighting.line)))
        .effort(&seen.recorded.observation.effort);
    Some(match seen.kept() {
        Some(kept) => result.evidence(kept),
        None => result,
    })
}

/// The prompt to which a start ran through. What was refused first may have gone on with other software, which is for
/// a person.
fn started<'a>(seen: &'a FileSeen<'_>) -> Option<&'a Sighting> {
    let log = seen.file.log.as_ref()?;
    if log.has("refusal") || !log.has("boot-message") {
        return None;
    }
    seen.first(RUNNING)
}

#[cfg(test)]
#[path = "secure_boot/tests.rs"]
mod tests;
