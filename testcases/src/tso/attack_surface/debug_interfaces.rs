//! 5.6-4: a debug interface that can be touched is switched off, and no other interface serves for debugging.

#[path = "debug_interfaces/declared.rs"]
mod declared;

use ixit::Blame;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::{CONSOLE, DEBUGGING, FileSeen, files};
use crate::firmware_seen;
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-4.
pub static GROUP: Group = Group {
    id: "5.6-4",
    judges: &[
        Judge {
            unit: "5.6-4-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::software_disables_it,
        },
        Judge {
            unit: "5.6-4-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::disabled_for_ever,
        },
        Judge {
            unit: "5.6-4-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::disabled_by_default,
        },
        Judge {
            unit: "5.6-4-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["handed-in"],
            judge: debug_interfaces_are_off,
        },
        Judge {
            unit: "5.6-4-2:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["handed-in"],
            judge: no_other_interface_debugs,
        },
    ],
};

/// 5.6-4-2 a: at a declared debug interface nobody answers. A log that shows a console fails it; a person passes it by
/// the worksheet of pins, as silence at one rate proves little.
fn debug_interfaces_are_off(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, CONSOLE, "console-at-debug-interface", |result| {
        let reached = outcome::word(&result, "console").to_owned();
        let driven = outcome::entries(&result, "pins").iter().find(|pin| {
            pin.text("guess") == "tx" && pin.number("mv").is_some_and(|millivolts| millivolts > 0)
        });
        match (reached.as_str(), driven) {
            ("login-prompt" | "bootloader" | "shell" | "debugger", _) => {
                outcome::fail(result, "console-noted", Blame::Device, &[("found", reached)])
            }
            ("output-only", Some(pin)) => {
                let found = format!("output, {} at {} mV", pin.text("pin"), pin.number("mv").unwrap_or(0));
                outcome::fail(result, "console-noted", Blame::Device, &[("found", found)])
            }
            ("nothing", _) | ("", _) => result,
            // Output without a voltage at any contact: one of the two was noted wrongly.
            _ => outcome::doubt(
                result,
                "notes-contradict",
                &[("found", "output was noted, and no driven contact for it".to_owned())],
            ),
        }
    })
}

/// 5.6-4-2 b: no other interface serves for debugging, and no contact was found that no row tells of.
fn no_other_interface_debugs(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = each(facts, unit, DEBUGGING, "debugging-at-other-interface", |result| {
        let reached = outcome::word(&result, "console").to_owned();
        if matches!(reached.as_str(), "bootloader" | "shell" | "debugger") {
            return outcome::fail(
                result,
                "console-noted",
                Blame::DeviceOrDocumentation,
                &[("found", reached)],
            );
        }
        let contacts = outcome::undeclared(facts, outcome::entries(&result, "contacts"), "intf", "pin");
        if contacts.is_empty() {
            return result;
        }
        let args = [("found", contacts.join(", ")), ("table", "intf".to_owned())];
        outcome::fail(result, "found-not-declared", Blame::DeviceOrDocumentation, &args)
    });
    let files = files(facts);
    // A person says whether one that an image starts is reached by an interface that can be touched.
    for (service, seen) in firmware_seen::undeclared_debug_services(facts, &files) {
        let shown = firmware_seen::shown(std::slice::from_ref(seen), firmware_seen::DEBUGGING);
        let item = format!("{service} in {}", seen.file.name);
        results.push(assisted::ask(facts, unit, &item, shown, Some(Verdict::Fail)));
    }
    // A console at contacts that no row of the table tells of.
    let declared = |id: &str| facts.declaration.ixit.rows("intf").iter().any(|row| row.id == id);
    for seen in files.iter().filter(|seen| seen.file.kind == "serial-log") {
        let elsewhere = facts.row(&seen.file.of).is_some();
        if !declared(&seen.file.of)
            && !elsewhere
            && let Some(sighting) = seen.first(DEBUGGING)
        {
            let reason = Reason::new("debugging-at-undeclared-interface")
                .with("item", &seen.file.of)
                .with("found", &sighting.what)
                .with("line", sighting.line)
                .expected_by("criterion");
            let result = ItemResult::machine(&seen.file.of, Verdict::Fail, RestsOn::Observed, reason)
                .blame(Blame::DeviceOrDocumentation)
                .evidence(seen.place(Some(sighting.line)));
            results.push(with_log(result, seen));
        }
    }
    results
}

fn each(
    facts: &Facts<'_>,
    unit: &Unit,
    telling: &[&str],
    code: &str,
    by_notes: impl Fn(ItemResult) -> ItemResult,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let files = files(facts);
    selected
        .items
        .iter()
        .map(|item| {
            let logs: Vec<&FileSeen<'_>> = files.iter().filter(|seen| seen.is_log_of(&item.row.id)).collect();
            shown_by_log(item, &logs, telling, code)
                .or_else(|| unreadable(item, &logs))
                .unwrap_or_else(|| by_notes(asked(facts, unit, item, (&logs, &files))))
        })
        .collect()
}

/// FAIL where a log shows who answers.
fn shown_by_log(item: &Item<'_>, logs: &[&FileSeen<'_>], telling: &[&str], code: &str) -> Option<ItemResult> {
    let (seen, sighting) = logs.iter().find_map(|seen| Some((seen, seen.first(telling)?)))?;
    let reason = Reason::new(code)
        .with("row", &item.row.id)
        .with("found", &sighting.what)
        .with("text", &sighting.text)
        .with("line", sighting.line)
        .with("file", &seen.file.name)
        .expected_by(item.row.reference("intf", "status"));
    let result = ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::Device)
        .evidence(seen.place(Some(sighting.line)))
        .effort(&seen.recorded.observation.effort);
    Some(with_log(result, seen))
}

/// A log that cannot be read says nothing, and whoever answers on it answers on nothing.
fn unreadable(item: &Item<'_>, logs: &[&FileSeen<'_>]) -> Option<ItemResult> {
    let readable = logs.iter().any(|seen| seen.unreadable().is_none());
    let seen = logs.iter().find(|seen| seen.unreadable().is_some()).filter(|_| !readable)?;
    let percent = seen.file.log.as_ref().and_then(|log| log.readable_percent).unwrap_or(0);
    let reason = Reason::new("log-not-readable")
        .with("row", &item.row.id)
        .with("file", &seen.file.name)
        .with("percent", percent)
        .with("taken", seen.file.taken.as_deref().unwrap_or("-"));
    let result = ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason)
        .blame(Blame::Lab)
        .evidence(seen.place(None));
    Some(with_log(result, seen))
}

fn asked(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    (logs, files): (&[&FileSeen<'_>], &[FileSeen<'_>]),
) -> ItemResult {
    let mut shown = assisted::companions(item, &["exposure", "status_in"]);
    shown.extend(logs.iter().flat_map(|seen| seen.shown()));
    shown.extend(firmware_seen::shown(files, firmware_seen::DEBUGGING));
    // Words of a start are no console, and yet somebody drives the line.
    let driven = logs.iter().any(|seen| seen.first(&["kernel-console", "bootloader-offer"]).is_some());
    // An image that opens a console opens it at contacts of the board.
    let contacts = item.row.texts("type").contains(&"physical");
    let opened = contacts && firmware_seen::opens_console(files);
    assisted::ask_about(facts, unit, item, shown, (driven || opened).then_some(Verdict::Fail))
}

fn with_log(result: ItemResult, seen: &FileSeen<'_>) -> ItemResult {
    match seen.kept() {
        Some(kept) => result.evidence(kept),
        None => result,
    }
}

#[cfg(test)]
#[path = "debug_interfaces/tests.rs"]
mod tests;
