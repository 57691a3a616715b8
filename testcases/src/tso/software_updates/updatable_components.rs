//! 5.3-1: every component can be updated securely, or there is a reason why not. What the trials of 5.3-2 show of a mechanism that a component names
//! is judged here again, each of them on its own.

use ixit::companion::NoUpdateReason;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::software_seen;
use crate::updates_declared::attacks::stopped_by_design;
use crate::updates_seen::{PROBE, attacks_designed, attacks_withstood};
use crate::verdict::Verdict;

/// 5.3-1.
pub static GROUP: Group = Group {
    id: "5.3-1",
    judges: &[
        Judge {
            unit: "5.3-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[software_seen::PROBE],
            judge: missing_updates_are_excused,
        },
        Judge {
            unit: "5.3-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: stopped_by_design,
        },
        Judge {
            unit: "5.3-1-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[PROBE],
            judge: each_mechanism_withstands_the_attacks,
        },
    ],
};

/// Unit on the design of the attacks, which is applied here too.
const DESIGN: &str = "5.3-2-2:a";

/// 5.3-1-1 a: what cannot be updated is excused by practicability or security. A reason that is declared to be neither is
/// none; whether the other two hold is for a person, who is shown the mechanisms of the other components.
fn missing_updates_are_excused(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let components = facts.declaration.ixit.rows("soft_comp");
    let updated = components.iter().filter(|row| !row.texts("update_mechanism").is_empty()).count();
    each_row(facts, unit, |item| {
        let given = item.row.companions.no_update_reason.as_ref().map(|reason| reason.value);
        if given == Some(NoUpdateReason::Other) {
            let reason =
                Reason::new("missing-update-not-excused").with("row", &item.row.id).expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "no_update_reason" };
        }
        let look = Look::question(item, &["no_update_reason", "sbom"], given.map(|_| Verdict::Pass))
            .computed(
                "computed.updated",
                format!("{updated} of {} components have a mechanism", components.len()),
            );
        software_seen::beside(look, software_seen::bills(facts))
    })
}

/// 5.3-1-2 a: the attacks on every mechanism that a component names were withstood. Attacks that a person found wanting
/// are no attacks; an open answer about them concerns 5.3-2 alone, because the catalogue names the least that is
/// tried here as well.
fn each_mechanism_withstands_the_attacks(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = attacks_withstood(facts, unit);
    let design = facts.catalogue.unit(DESIGN).map(|design| attacks_designed(facts, design));
    for wanting in design.unwrap_or_default().iter().filter(|result| result.verdict == Verdict::Fail) {
        for result in
            results.iter_mut().filter(|result| result.item == wanting.item && result.verdict == Verdict::Pass)
        {
            result.verdict = Verdict::Fail;
            result.by = result.by.max(wanting.by);
            result.blame = wanting.blame;
            result.reason = Reason::new("failed-where-it-is-judged-first")
                .with("unit", DESIGN)
                .with("item", &wanting.item)
                .with("code", &wanting.reason.code);
            result.evidence.extend(wanting.evidence.iter().cloned());
        }
    }
    results
}

#[cfg(test)]
#[path = "updatable_components/tests.rs"]
mod tests;
