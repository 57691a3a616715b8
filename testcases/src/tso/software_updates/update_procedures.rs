//! 5.3-8: security updates are timely.

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::confirmations::{Table, confirmed};
use crate::declared_times::{
    Disagreement, UNUSUAL_DAYS, USUAL_DAYS, days_at_most, disagreement, listed, steps,
};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::software_seen::{PROBE, SoftwareSeen};
use crate::times_in_text::durations;
use crate::verdict::Verdict;

/// 5.3-8.
pub static GROUP: Group = Group {
    id: "5.3-8",
    judges: &[
        Judge {
            unit: "5.3-8-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[PROBE],
            judge: deployment_is_timely,
        },
        Judge {
            unit: "5.3-8-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: procedures_are_confirmed,
        },
    ],
};

/// 5.3-8-1 a: description and time frame support timely deployment. A procedure without a time is open, and a step
/// that takes longer than the whole is said to take fails; steps that only together take longer may overlap, so that a person is
/// told.
fn deployment_is_timely(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let software = SoftwareSeen::of(facts);
    each_row(facts, unit, |item| {
        let row = item.row;
        let prose = row.text("time_frame");
        if prose.is_none() && row.companions.steps.is_empty() {
            return Look::untold(item, "time_frame");
        }
        let found = prose.and_then(|prose| disagreement(row, prose));
        if let Some(found) = found.as_ref().filter(|found| found.unmistakable) {
            let reason = Reason::new("times-contradict-prose")
                .with("row", &row.id)
                .with("step", &found.step)
                .with("days", found.days)
                .with("prose", &found.prose)
                .expected_by(row.reference(item.table, "time_frame"));
            return Look::Contradiction { reason, shown_by: "steps" };
        }
        let mut shown = companions(item, &["steps"]);
        let whole = prose.and_then(|prose| durations(prose).iter().map(days_at_most).max());
        let sum = steps(row).fold(0_u32, |sum, step| sum.saturating_add(step.days));
        let prejudgement = if row.companions.steps.is_empty() {
            None
        } else {
            let said = whole.map_or_else(|| "no length of time".to_owned(), |days| format!("{days} d"));
            let text = format!("{}; one after the other {sum} d; the prose says {said}", listed(row));
            shown.push(Shown { label: "computed.times".to_owned(), text, source: None });
            shown.extend(found.as_ref().map(Disagreement::shown));
            match whole {
                _ if found.is_some() => Some(Verdict::Fail),
                Some(whole) if sum > whole => Some(Verdict::Fail),
                _ if sum > UNUSUAL_DAYS => Some(Verdict::Fail),
                _ if sum <= USUAL_DAYS => Some(Verdict::Pass),
                _ => None,
            }
        };
        // A fix that has not come within all the steps together is late.
        let Some(software) = &software else { return Look::Question { shown, prejudgement } };
        shown.extend(software.vulnerabilities());
        let prejudgement = software.against_steps(row, prejudgement);
        Look::Question { shown, prejudgement }
    })
}

/// 5.3-8-1 b: the confirmation says yes.
fn procedures_are_confirmed(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    confirmed(facts, "confirmation_of_update_procedures", "upd_proc", Table::Needed)
}

#[cfg(test)]
#[path = "update_procedures/tests.rs"]
mod tests;
