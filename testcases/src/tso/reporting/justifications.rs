//! 4-1: every recommendation that was left out comes with a reason.

use ixit::Support;

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::{Blame, declaration::is_placeholder};

/// 4-1.
pub static GROUP: Group = Group {
    id: "4-1",
    judges: &[Judge {
        unit: "4-1-1:a",
        by: By::Machine,
        machine_can: &[Verdict::Pass, Verdict::Fail],
        needs: &[],
        judge: left_out_recommendations_have_a_reason,
    }],
};

/// 4-1-1 a: walks the ICS; a recommendation with support N or N/A needs a text in the detail column.
/// The quality of the reason does not decide.
fn left_out_recommendations_have_a_reason(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    let file = facts.declaration.files.first().map_or("ics.toml", |file| file.name.as_str());
    let results: Vec<ItemResult> = facts
        .catalogue
        .provisions
        .iter()
        .filter(|provision| !provision.mandatory())
        .filter_map(|provision| {
            let entry = facts.declaration.ics.provisions.get(&provision.id)?;
            let support = entry.support.value;
            if support == Support::Y {
                return None;
            }
            let detail = entry
                .detail
                .as_ref()
                .map(|detail| detail.value.as_str())
                .filter(|text| !is_placeholder(text));
            let reference = format!("declaration:{file}#provision.\"{}\"", provision.id);
            let reason =
                |code| Reason::new(code).with("provision", &provision.id).with("support", support.as_str());
            Some(match detail {
                Some(_) => ItemResult::machine(
                    &provision.id,
                    Verdict::Pass,
                    RestsOn::Document,
                    reason("justification-given").expected_by("criterion"),
                )
                .declared(reference),
                None => ItemResult::machine(
                    &provision.id,
                    Verdict::Fail,
                    RestsOn::Document,
                    reason("missing-justification").expected_by("criterion"),
                )
                .blame(Blame::Documentation)
                .declared(reference),
            })
        })
        .collect();
    if results.is_empty() {
        return vec![
            ItemResult::machine(
                "-",
                Verdict::Pass,
                RestsOn::Document,
                Reason::new("no-recommendation-left-out"),
            )
            .declared(format!("declaration:{file}#provision"))
            .vacuous(),
        ];
    }
    results
}
