//! 5.3-3: an update is simple for the user to apply.

use ixit::Row;
use ixit::TableContent;
use ixit::companion::UpdateStart;

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::updates_declared::{Codes, Said, automation, listed, one_mechanism_of_each, starts, update};
use crate::verdict::Verdict;

/// 5.3-3.
pub static GROUP: Group = Group {
    id: "5.3-3",
    judges: &[Judge {
        unit: "5.3-3-1:a",
        by: By::Machine,
        machine_can: &[Verdict::Pass, Verdict::Fail],
        needs: &[],
        judge: one_mechanism_is_simple,
    }],
};

const CODES: Codes = Codes {
    met: "simple-update-declared",
    failed: "no-simple-update-declared",
    label: "computed.update-start",
};

/// 5.3-3-1 a: every component has a mechanism that is applied by itself, from an associated service or from a web
/// interface of the device. Whether anything else is as simple is for a person.
fn one_mechanism_is_simple(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let no_interface = matches!(facts.declaration.ixit.tables.get("user_intf"), Some(TableContent::Empty(_)));
    one_mechanism_of_each(facts, unit, &CODES, |row| simple(row, no_interface))
}

/// A start that another entry rules out is none: by itself where the mechanism is not automatic, from an interface of
/// the device where there is none for users.
fn simple(row: &Row, no_interface: bool) -> Said {
    let starts = starts(row);
    let automatic = update(row).and_then(|update| update.automatic);
    let counts = |start: &UpdateStart| match start {
        UpdateStart::Automatic => automatic != Some(false),
        UpdateStart::AssociatedService => true,
        UpdateStart::DeviceInterface => !no_interface,
        UpdateStart::Other => false,
    };
    let holds = if starts.is_empty() {
        automatic.filter(|automatic| *automatic)
    } else if starts.iter().any(counts) {
        Some(true)
    } else {
        (!starts.contains(&UpdateStart::Other)).then_some(false)
    };
    let interface = if no_interface { "; the device has no interface for users" } else { "" };
    Said {
        holds,
        text: format!("{}: {}; started by {}{interface}", row.id, automation(row), listed(&starts)),
    }
}

#[cfg(test)]
#[path = "simple_updates/tests.rs"]
mod tests;
