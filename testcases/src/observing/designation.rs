//! The model designation, where a physical interface tells it over IP.

use ixit::Declaration;
use serde_json::json;

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The designation that the device tells anybody.
pub static OBSERVING: Observing = Observing {
    probe: "designation",
    order: 41,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 30,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let Some(form) = declaration.ixit.form("user_info") else { return Vec::new() };
    let designation = form.companions.designation.as_ref().map(|designation| &designation.value);
    let Some(source) = designation.and_then(|designation| designation.source.as_ref()) else {
        return Vec::new();
    };
    let params = json!({ "port": source.port, "tls": source.tls, "path": source.path, "key": source.key });
    vec![Wanted::with(&source.path, params)]
}
