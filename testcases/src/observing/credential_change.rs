//! The change of the value of every login that has a declared function for it, after everything else.

use ixit::{Declaration, Row};
use serde_json::json;

use crate::login_ways;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Changes of credentials.
pub static OBSERVING: Observing = Observing {
    probe: "credential-change",
    order: 95,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::ChangeCredentials],
    actions: &[],
    budget_seconds: 600,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut rows: Vec<&Row> = declaration.ixit.rows("auth_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter().filter_map(|row| of_row(declaration, row)).collect()
}

fn of_row(declaration: &Declaration, row: &Row) -> Option<Wanted> {
    let change = &row.companions.change.as_ref()?.value;
    let function = match &change.through {
        Some(through) => declaration.ixit.row(through)?.1,
        None => row,
    };
    let form = &function.companions.change.as_ref()?.value;
    let params = json!({
        "login": login_ways::of_row(row)?,
        "function_login": login_ways::of_row(function)?,
        "change": {
            "path": form.path.as_ref()?,
            "current_field": form.current_field,
            "new_field": form.new_field.as_ref()?,
            "repeat_field": form.repeat_field,
            "json": form.json,
        },
    });
    Some(Wanted::with(&row.id, params))
}

/// Whether a probe can carry out the declared change of a row.
pub(crate) fn is_driven(declaration: &Declaration, row: &Row) -> bool {
    of_row(declaration, row).is_some()
}
