//! Every open TCP port, in case a login greets there that nobody declared.

use ixit::Declaration;
use serde_json::json;

use super::http_login::declared_logins;
use crate::plan::{ForEach, Observing, Wanted};
use crate::state::DutState;

/// A few well-known credentials at logins that were found.
pub static OBSERVING: Observing = Observing {
    probe: "found-login",
    order: 58,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 120,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let declared: Vec<u16> = declared_logins(declaration).iter().map(|(_, login)| login.port).collect();
    let mut wanted = Wanted::for_each("every open TCP port", ForEach::OpenPort);
    wanted.params = json!({ "declared": declared });
    vec![wanted]
}
