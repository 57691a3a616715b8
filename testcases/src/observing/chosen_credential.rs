//! The chosen and the pre-installed value after the set-up, before anything else is tried at the login.

use ixit::{Declaration, Row};
use serde_json::json;

use crate::login_ways;
use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The value that counts after the set-up.
pub static OBSERVING: Observing = Observing {
    probe: "chosen-credential",
    order: 50,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 60,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut rows: Vec<&Row> = declaration.ixit.rows("auth_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter()
        .filter_map(|row| {
            let set_up = &row.companions.set_up.as_ref()?.value;
            let login = login_ways::of_row(row)?;
            Some(Wanted::with(&row.id, json!({ "login": login, "opened_by": set_up.opened_by })))
        })
        .collect()
}
