//! The MUD file that the declaration names. It is the same in every state, so that it is read once.

use ixit::Declaration;
use ixit::declaration::is_placeholder;
use serde_json::json;

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The MUD file.
pub static OBSERVING: Observing = Observing {
    probe: "mud-file",
    order: 7,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 30,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let named = declaration.ics.dut.mud.as_ref().filter(|path| !is_placeholder(&path.value));
    named
        .map(|path| Wanted::with(&format!("documents/{}", path.value), json!({ "path": path.value })))
        .into_iter()
        .collect()
}
