//! 5.3-5: the device looks for security updates after its initialization, and then periodically.

use ixit::Row;
use ixit::companion::UpdateChecker;
use probes::probe::update_trials::UpdateFacts;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge};
use crate::updates_declared::{Codes, Said, decided, mechanisms, question, update, with_mechanisms};
use crate::updates_seen::PROBE;
use crate::verdict::Verdict;

/// 5.3-5.
pub static GROUP: Group = Group {
    id: "5.3-5",
    judges: &[Judge {
        unit: "5.3-5-1:a",
        by: By::Machine,
        machine_can: &[Verdict::Pass, Verdict::Fail],
        needs: &[PROBE],
        judge: one_mechanism_looks_regularly,
    }],
};

const CODES: Codes = Codes {
    met: "update-check-declared",
    failed: "no-update-check-declared",
    label: "computed.update-check",
};

/// 5.3-5-1 a: by one mechanism of every component the device itself looks after the initialization and periodically. A
/// device that was made to look and asked for nothing contradicts its schedule: then a person decides, who is shown what
/// it asked for.
fn one_mechanism_looks_regularly(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let seen = facts.results::<UpdateFacts>(PROBE);
    let results = each_row(facts, unit, |item| {
        let mechanisms = mechanisms(facts, item.row);
        let schedules: Vec<Said> = mechanisms.iter().map(|row| schedule(row)).collect();
        let asked = Asked::of(&mechanisms, &seen);
        let decided = decided(item, &mechanisms, &schedules, &CODES);
        if let Some(look) = decided.filter(|look| !(asked.never && matches!(look, Look::Met { .. }))) {
            return look;
        }
        let regular = mechanisms.iter().any(|row| in_time(row));
        let prejudgement = match (regular, asked.ever, asked.never) {
            (true, true, false) => Some(Verdict::Pass),
            (_, false, true) => Some(Verdict::Fail),
            _ => None,
        };
        let look = question(facts, unit, item, (&mechanisms, &schedules), CODES.label, prejudgement);
        asked.told.into_iter().fold(look, |look, text| look.computed(&format!("observed.{PROBE}"), text))
    });
    with_mechanisms(facts, results)
}

/// What the device asked for when it was made to look by the mechanisms of a component.
struct Asked {
    /// By one of them, for something.
    ever: bool,
    /// By one of them, for nothing.
    never: bool,
    told: Vec<String>,
}

impl Asked {
    fn of(mechanisms: &[&Row], seen: &[(&Recorded, UpdateFacts)]) -> Self {
        let mut of = Self { ever: false, never: false, told: Vec::new() };
        let named = |row: &str| mechanisms.iter().any(|mechanism| mechanism.id == row);
        for (_, trials) in seen.iter().filter(|(_, trials)| named(&trials.row)) {
            let asked: Vec<String> = trials
                .checked
                .iter()
                .map(|check| format!("{} after {:.1} s", check.path, check.after_seconds))
                .collect();
            of.ever |= !asked.is_empty();
            of.never |= !trials.trials.is_empty() && asked.is_empty();
            let asked = if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") };
            of.told.push(format!("{}: asked for {asked} when it was made to look", trials.row));
        }
        of
    }
}

/// Whether a mechanism is declared to look after the initialization and again and again, whoever looks.
fn in_time(row: &Row) -> bool {
    update(row).is_some_and(|update| {
        update.check_after_initialization == Some(true)
            && update.check_period_hours.is_some_and(|hours| hours > 0)
    })
}

/// When a mechanism is declared to look for updates, and who looks. It does so regularly if the device itself looks,
/// after the initialization and again and again; one certain no decides.
fn schedule(row: &Row) -> Said {
    let said = update(row);
    let first = said.and_then(|update| update.check_after_initialization);
    let hours = said.and_then(|update| update.check_period_hours);
    let looked = said.and_then(|update| update.checked_by);
    let who = match looked {
        Some(UpdateChecker::Device) => "the device looks",
        Some(UpdateChecker::AssociatedService) => "an associated service looks",
        Some(UpdateChecker::User) => "the user looks",
        None => "nothing is said of who looks",
    };
    let after = match first {
        Some(true) => "after the initialization",
        Some(false) => "not after the initialization",
        None => "nothing is said of the initialization",
    };
    let period = match hours {
        Some(hours @ 1..) => format!("every {hours} h"),
        Some(0) => "never again".to_owned(),
        None => "no period is named".to_owned(),
    };
    let holds = match (looked, first, hours) {
        (Some(UpdateChecker::AssociatedService | UpdateChecker::User), _, _)
        | (_, Some(false), _)
        | (_, _, Some(0)) => Some(false),
        (Some(UpdateChecker::Device), Some(true), Some(_)) => Some(true),
        _ => None,
    };
    Said { holds, text: format!("{}: {who}; {after}; {period}", row.id) }
}

#[cfg(test)]
#[path = "regular_update_checks/tests.rs"]
mod tests;
