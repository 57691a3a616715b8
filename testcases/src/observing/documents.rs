//! Documents that the declaration names for the user, and reports of reviews: each is read once, whoever asks. They are the same in every state.

use ixit::Declaration;
use serde_json::json;

use crate::plan::{Observing, Wanted};
use crate::published::documents;
use crate::state::DutState;

/// The documents.
pub static OBSERVING: Observing = Observing {
    probe: documents::PROBE,
    order: 6,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 60,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    documents::named(declaration)
        .into_iter()
        .map(|(path, fields)| Wanted {
            read_through: fields,
            ..Wanted::with(&format!("documents/{path}"), json!({ "path": path }))
        })
        .collect()
}
