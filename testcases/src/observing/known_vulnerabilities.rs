//! Known vulnerabilities of what the bills of materials name. Files alone: they are the same in every state.

use ixit::Declaration;

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The bills, and the vulnerability data of the bench.
pub static OBSERVING: Observing = Observing {
    probe: "known-vulnerabilities",
    order: 6,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 330,
    wanted,
};

/// Without a bill there is nothing that data could be set against.
fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let rows = declaration.ixit.rows("soft_comp").iter();
    let named = rows.filter(|row| !row.observed_only).any(|row| !row.companions.sbom.is_empty());
    named.then(|| Wanted::once("components of the bills of materials")).into_iter().collect()
}
