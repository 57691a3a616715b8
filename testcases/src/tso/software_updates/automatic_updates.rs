//! 5.3-4: updates are found and installed without the user.

use ixit::Row;

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::updates_declared::{
    Codes, Said, contradictory_denial, left_out_without_contradiction, needs_nobody, one_mechanism_of_each,
    update,
};
use crate::verdict::Verdict;

/// 5.3-4.
pub static GROUP: Group = Group {
    id: "5.3-4",
    judges: &[
        Judge {
            unit: "5.3-4-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: one_mechanism_needs_nobody,
        },
        Judge {
            unit: "5.3-4-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: one_automatic_mechanism_is_on_at_first,
        },
    ],
};

const ALONE: Codes =
    Codes { met: "update-needs-nobody", failed: "update-needs-the-user", label: "computed.update-start" };

const ON: Codes = Codes {
    met: "automatic-updates-on-at-first",
    failed: "automatic-updates-off-at-first",
    label: "computed.update-default",
};

/// 5.3-4-1 a: every component has a mechanism that both looks for updates and installs them by itself.
fn one_mechanism_needs_nobody(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    one_mechanism_of_each(facts, unit, &ALONE, needs_nobody)
}

/// 5.3-4-1 b: where the automation can be set, one automatic mechanism of the component is on by default.
fn one_automatic_mechanism_is_on_at_first(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let results = one_mechanism_of_each(facts, unit, &ON, on_at_first);
    left_out_without_contradiction(facts, results, contradictory_denial)
}

/// An automatic mechanism that nobody can set is on unless it is declared to be off.
fn on_at_first(row: &Row) -> Said {
    let said = update(row);
    let automatic = said.and_then(|update| update.automatic);
    let fixed = said.and_then(|update| update.user_can_configure) == Some(false);
    let enabled = said.and_then(|update| update.default_enabled);
    let holds = match (automatic, enabled) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (Some(true), None) if fixed => Some(true),
        _ => None,
    };
    let text = match (automatic, enabled) {
        (Some(false), _) => "not automatic",
        (_, Some(true)) => "on by default",
        (_, Some(false)) => "off by default",
        (_, None) if fixed => "nobody can switch it off",
        _ => "nothing is said of the default",
    };
    Said { holds, text: format!("{}: {text}", row.id) }
}

#[cfg(test)]
#[path = "automatic_updates/tests.rs"]
mod tests;
