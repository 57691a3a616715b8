//! 5.3-5: the device looks for security updates after its initialization, and then periodically.

use ixit::Row;
use probes::probe::update_trials::UpdateFacts;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::updates_seen::PROBE;
use crate::verdict::Verdict;

/// 5.3-5.
pub static GROUP: Group = Group {
    id: "5.3-5",
    judges: &[Judge {
        unit: "5.3-5-1:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &[PROBE],
        judge: one_mechanism_looks_regularly,
    }],
};

/// 5.3-5-1 a: one mechanism of every component looks after the initialization and periodically. A declaration by which
/// none does contradicts that; whether the schedule suits is for a person, who is shown what the device asked for when it
/// was made to look.
fn one_mechanism_looks_regularly(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let seen = facts.results::<UpdateFacts>(PROBE);
    each_row(facts, unit, |item| {
        let named = item.row.texts("update_mechanism").into_iter();
        let mechanisms: Vec<&Row> = named.filter_map(|id| Some(facts.row(id)?.1)).collect();
        let schedules: Vec<Schedule> = mechanisms.iter().map(|row| Schedule::of(row)).collect();
        let told: Vec<String> = schedules.iter().map(|schedule| schedule.text.clone()).collect();
        if !schedules.is_empty() && schedules.iter().all(|schedule| schedule.looks == Some(false)) {
            let reason = Reason::new("no-update-check-declared")
                .with("row", &item.row.id)
                .with("declared", told.join("; "))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "update_mechanism" };
        }
        let mut looked = false;
        let mut never = false;
        let mut look = Look::question(item, &[], None);
        for (row, text) in mechanisms.iter().zip(told) {
            if let (Look::Question { shown, .. }, Some(prose)) = (&mut look, row.text("update_checking")) {
                let source = Some(row.reference("upd_mech", "update_checking"));
                shown.push(Shown {
                    label: "upd_mech.update_checking".to_owned(),
                    text: prose.to_owned(),
                    source,
                });
            }
            look = look.computed("computed.update-check", text);
            for (_, trials) in seen.iter().filter(|(_, trials)| trials.row == row.id) {
                let asked: Vec<String> = trials
                    .checked
                    .iter()
                    .map(|check| format!("{} after {:.1} s", check.path, check.after_seconds))
                    .collect();
                let ignored = !trials.trials.is_empty() && asked.is_empty();
                looked |= !asked.is_empty();
                never |= ignored;
                let asked = if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") };
                let text = format!("{}: asked for {asked} when it was made to look", row.id);
                look = look.computed(&format!("observed.{PROBE}"), text);
            }
        }
        if let Look::Question { prejudgement, .. } = &mut look {
            let regular = schedules.iter().any(|schedule| schedule.looks == Some(true));
            *prejudgement = match (regular, looked, never) {
                (true, true, false) => Some(Verdict::Pass),
                (_, false, true) => Some(Verdict::Fail),
                _ => None,
            };
        }
        look
    })
}

/// When a mechanism is declared to look for updates.
struct Schedule {
    /// After the initialization and periodically; `None` where the declaration does not tell both.
    looks: Option<bool>,
    text: String,
}

impl Schedule {
    fn of(row: &Row) -> Self {
        let update = row.companions.update.as_ref().map(|update| &update.value);
        let first = update.and_then(|update| update.check_after_initialization);
        let hours = update.and_then(|update| update.check_period_hours);
        let said = match first {
            Some(true) => "after the initialization",
            Some(false) => "not after the initialization",
            None => "nothing is said of the initialization",
        };
        let period = match hours {
            Some(1..) => format!("every {} h", hours.unwrap_or_default()),
            Some(0) => "never again".to_owned(),
            None => "no period is named".to_owned(),
        };
        let looks = match (first, hours) {
            (Some(false), _) | (_, Some(0)) => Some(false),
            (Some(true), Some(_)) => Some(true),
            _ => None,
        };
        Self { looks, text: format!("{}: {said}; {period}", row.id) }
    }
}

#[cfg(test)]
#[path = "regular_update_checks/tests.rs"]
mod tests;
