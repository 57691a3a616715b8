//! Every web server that is found, asked for pages of maintenance, by strangers and by declared users.

use ixit::Declaration;
use serde_json::{Value, json};

use super::access_control::{good_in, sorted};
use crate::login_ways;
use crate::plan::{Disturbance, ForEach, Observing, Wanted};
use crate::state::DutState;

/// Pages of maintenance.
pub static OBSERVING: Observing = Observing {
    probe: "maintenance-pages",
    // After the other visits: a page that nobody tells of may do something when it is opened.
    order: 91,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::ChangeState],
    actions: &[],
    budget_seconds: 300,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let rows = sorted(declaration, "auth_mech").into_iter();
    let users: Vec<Value> = rows
        .filter(|row| good_in(declaration, row, state) == Some(true))
        .filter_map(login_ways::of_row)
        .collect();
    let mut wanted = Wanted::for_each("maintenance pages of every web server", ForEach::OpenPort);
    wanted.params = json!({ "users": users });
    vec![wanted]
}
