//! Every declared web login, in normal use.

use ixit::Declaration;
use ixit::companion::Login;
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
    actions: &[],
    budget_seconds: 900,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    declared_logins(declaration)
        .into_iter()
        .filter(|(_, login)| login.kind.is_web())
        .map(|(row, login)| {
            let mut params = with_guesses(row, login);
            params["protected"] = json!(login.protected);
            params["user_field"] = json!(login.user_field);
            params["password_field"] = json!(login.password_field);
            params["token_field"] = json!(login.token_field);
            Wanted::with(&row.id, params)
        })
        .collect()
}

/// Rows that say how a program logs in, by id.
pub(super) fn declared_logins(declaration: &Declaration) -> Vec<(&ixit::Row, &Login)> {
    let mut rows: Vec<&ixit::Row> = declaration.ixit.rows("auth_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter().filter_map(|row| Some((row, &row.companions.login.as_ref()?.value))).collect()
}

/// Where a login is and what is tried there; the bench bounds the wrong credentials and names the label.
pub(super) fn with_guesses(row: &ixit::Row, login: &Login) -> Value {
    let defence = row.companions.brute_force.as_ref().map(|defence| &defence.value);
    let failures = defence.and_then(|defence| defence.failures);
    // The effort goes beyond the declared threshold: half as much again, and at least five more.
    let burst = failures.map_or(15, |failures| failures + (failures / 2).max(5));
    let generation = row.companions.generation.as_ref().map(|generation| &generation.value);
    json!({
        "row": row.id,
        "port": login.port,
        "tls": login.tls,
        "kind": login.kind.as_str(),
        "path": login.path,
        "burst": burst,
        "failures": failures,
        "lockout_seconds": defence.and_then(|defence| defence.lockout_seconds),
        "alphabet_size": generation.and_then(|generation| generation.alphabet_size),
        "length": generation.and_then(|generation| generation.length),
        "well_known": true,
    })
}
