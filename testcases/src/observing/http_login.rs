//! Every declared web login, in normal use.

use ixit::Declaration;
use ixit::companion::{Login, LoginKind};
use serde_json::{Value, json};

use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The behaviour of web logins.
pub static OBSERVING: Observing = Observing {
    probe: "http-login",
    order: 60,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::LockOut],
    budget_seconds: 900,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut rows: Vec<&ixit::Row> = declaration.ixit.rows("auth_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let logins = rows.into_iter().filter_map(|row| Some((row, &row.companions.login.as_ref()?.value)));
    logins
        .filter(|(_, login)| is_web(login.kind))
        .map(|(row, login)| Wanted::with(&row.id, params(row, login)))
        .collect()
}

fn is_web(kind: LoginKind) -> bool {
    matches!(kind, LoginKind::Basic | LoginKind::Digest | LoginKind::Form | LoginKind::Bearer)
}

fn params(row: &ixit::Row, login: &Login) -> Value {
    let defence = row.companions.brute_force.as_ref().map(|defence| &defence.value);
    // The effort goes beyond the declared threshold: half as much again, and at least five more.
    let burst =
        defence.and_then(|defence| defence.failures).map_or(15, |failures| failures + (failures / 2).max(5));
    json!({
        "row": row.id,
        "port": login.port,
        "tls": login.tls,
        "kind": login.kind.as_str(),
        "path": login.path,
        "protected": login.protected,
        "user_field": login.user_field,
        "password_field": login.password_field,
        "token_field": login.token_field,
        "burst": burst,
        "lockout_seconds": defence.and_then(|defence| defence.lockout_seconds),
        "common": [["admin", "admin"], ["admin", "password"], ["user", "user"]],
    })
}
