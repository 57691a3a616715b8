//! The set-up of a password, at the end of factory default: what is found there comes before.

use ixit::{Declaration, Row};
use serde_json::json;

use crate::login_ways;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The set-up of passwords.
pub static OBSERVING: Observing = Observing {
    probe: "password-setup",
    order: 90,
    states: &[DutState::FactoryDefault],
    feeds: &[],
    disturbs: &[Disturbance::ChangeState],
    actions: &[],
    budget_seconds: 300,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut rows: Vec<&Row> = declaration.ixit.rows("auth_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter()
        .filter_map(|row| {
            let set_up = &row.companions.set_up.as_ref()?.value;
            let login = login_ways::of_row(row)?;
            let opened_by = set_up.opened_by.as_deref();
            // A value that is refused after the set-up cannot be what the set-up takes.
            let refused = opened_by.and_then(|id| declaration.ixit.row(id)).is_some_and(|(_, opener)| {
                opener.companions.change.as_ref().is_some_and(|change| change.value.replaced_by.is_some())
            });
            let params = json!({
                "login": login,
                "opened_by": opened_by,
                "opener": opened_by.and_then(|id| login_ways::of_pre_installed(declaration, id)),
                "set_up": {
                    "path": set_up.path,
                    "password_field": set_up.password_field,
                    "repeat_field": set_up.repeat_field,
                    "json": set_up.json,
                    "least_length": set_up.least_length,
                },
                "refuses_pre_installed": refused,
            });
            Some(Wanted::with(&row.id, params))
        })
        .collect()
}
