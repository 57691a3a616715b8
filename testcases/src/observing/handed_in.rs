//! Files that were taken from the device or handed in. They are the same in every state, so that they are read once.

use ixit::Declaration;

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The files of the bench.
pub static OBSERVING: Observing = Observing {
    probe: "handed-in",
    order: 5,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 300,
    wanted,
};

fn wanted(_: &Declaration, _: DutState) -> Vec<Wanted> {
    vec![Wanted::once("files that were handed in")]
}
