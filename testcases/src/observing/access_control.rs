//! Every declared access to a service, in the states in which the service can be reached.

use ixit::companion::{Access, AccessKind, Login, LoginKind};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The access control.
pub static OBSERVING: Observing = Observing {
    probe: "access-control",
    order: 65,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::ChangeState],
    actions: &[],
    budget_seconds: 600,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let accesses = asked(declaration, state);
    if accesses.is_empty() {
        return Vec::new();
    }
    let mechanisms = mechanisms(declaration, state);
    vec![Wanted::with("declared accesses", json!({ "mechanisms": mechanisms, "accesses": accesses }))]
}

/// Every declared access to the services that can be reached in a state, each once, as the probe takes it.
pub(crate) fn asked(declaration: &Declaration, state: DutState) -> Vec<Value> {
    let mut accesses: Vec<Value> = Vec::new();
    for service in sorted(declaration, "soft_serv") {
        if reachable_in(service, state) != Some(true) {
            continue;
        }
        for access in accesses_of(declaration, service) {
            let asked = in_state(access, state);
            let same = |known: &&mut Value| {
                asked
                    .as_object()
                    .is_some_and(|asked| asked.iter().all(|(key, value)| known.get(key) == Some(value)))
            };
            match accesses.iter_mut().find(same) {
                Some(known) => {
                    if let Some(rows) = known["rows"].as_array_mut() {
                        rows.push(json!(service.id));
                    }
                }
                None => {
                    let mut asked = asked;
                    asked["rows"] = json!([service.id]);
                    accesses.push(asked);
                }
            }
        }
    }
    accesses
}

/// The mechanisms behind them, as the probe takes them.
pub(crate) fn mechanisms(declaration: &Declaration, state: DutState) -> Vec<Value> {
    let rows = sorted(declaration, "auth_mech").into_iter();
    rows.filter_map(|row| mechanism(declaration, row, state)).collect()
}

/// Rows in an order that does not depend on that of the file.
pub(crate) fn sorted<'d>(declaration: &'d Declaration, table: &str) -> Vec<&'d Row> {
    let mut rows: Vec<&Row> = declaration.ixit.rows(table).iter().filter(|row| !row.observed_only).collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows
}

/// Whether a service can be reached over a network in a state; `None` if the companion that tells is missing.
pub fn reachable_in(service: &Row, state: DutState) -> Option<bool> {
    let states = &service.companions.network_accessible_in;
    (!states.is_empty()).then(|| states.iter().any(|named| named.value == state.as_str()))
}

/// What can be asked of a service: its own accesses, and those of interfaces for programs that one of its
/// mechanisms opens at one of its ports.
pub fn accesses_of<'d>(declaration: &'d Declaration, service: &'d Row) -> Vec<&'d Access> {
    let mechanisms = service.texts("authentication_mechanism");
    let here = |access: &Access| {
        let endpoints = &service.companions.endpoint;
        endpoints.iter().any(|endpoint| endpoint.value.host.is_none() && endpoint.value.port == access.port)
    };
    let opened = |access: &Access| {
        access.who.iter().any(|who| mechanisms.contains(&who.split('/').next().unwrap_or(who)))
    };
    let own = service.companions.access.iter().map(|access| &access.value);
    let interfaces = declaration.ixit.rows("ext_api").iter().filter(|row| !row.observed_only);
    let lent = interfaces
        .flat_map(|row| &row.companions.access)
        .map(|access| &access.value)
        .filter(|access| here(access) && opened(access));
    let mut all: Vec<&Access> = own.collect();
    for access in lent {
        if !all.contains(&access) {
            all.push(access);
        }
    }
    all
}

/// Whether the credentials of a mechanism are good in a state: what a user chooses at set-up is not before it,
/// and what is replaced at set-up is not after it. `None` if the declaration does not settle it.
pub fn good_in(declaration: &Declaration, mechanism: &Row, state: DutState) -> Option<bool> {
    let companions = &mechanism.companions;
    let factor = companions.factor.as_ref().map(|factor| &factor.value);
    if state == DutState::FactoryDefault {
        let chosen = factor.is_some_and(|factor| factor.user_defined == Some(true));
        let preset = factor.is_some_and(|factor| factor.pre_installed == Some(true));
        return Some(companions.set_up.is_none() && (preset || !chosen));
    }
    if companions.change.as_ref().is_some_and(|change| change.value.replaced_by.is_some()) {
        return Some(false);
    }
    let opens_set_up =
        declaration.ixit.rows("auth_mech").iter().any(|row| opened_by(row) == Some(&mechanism.id));
    (!opens_set_up).then_some(true)
}

fn opened_by(row: &Row) -> Option<&str> {
    row.companions.set_up.as_ref()?.value.opened_by.as_deref()
}

/// An access without the services that it belongs to, by which it is known again.
fn in_state(access: &Access, state: DutState) -> Value {
    let mut asked = described(access);
    // Whoever may changes the state out of which the run goes on.
    asked["strangers_only"] = json!(access.changes && state == DutState::FactoryDefault);
    asked.as_object_mut().expect("it was made one").remove("rows");
    asked
}

/// Whether a program asks for it over HTTP.
pub(super) fn is_web(access: &Access) -> bool {
    access.kind == AccessKind::Http
}

/// An access as probes take it; of no service.
pub(super) fn described(access: &Access) -> Value {
    json!({
        "rows": [],
        "kind": access.kind.as_str(),
        "port": access.port,
        "tls": access.tls,
        "method": access.method,
        "target": access.target,
        "body": access.body,
        "who": access.who,
        "changes": access.changes,
    })
}

/// A mechanism without a login of its own is entered through that of the mechanism which it opens.
fn mechanism(declaration: &Declaration, row: &Row, state: DutState) -> Option<Value> {
    let valid = good_in(declaration, row, state)?;
    let own = row.companions.login.as_ref().map(|login| &login.value);
    let opened = || {
        let rows = declaration.ixit.rows("auth_mech").iter();
        let mut rows = rows.filter(|other| opened_by(other) == Some(&row.id));
        // A form leads to a page, which a token does not.
        rows.find_map(|other| {
            let login = &other.companions.login.as_ref()?.value;
            (login.kind == LoginKind::Form).then_some((login, other.id.as_str()))
        })
    };
    let (login, label): (&Login, Option<&str>) = match own {
        Some(login) => (login, None),
        None => opened().map(|(login, row)| (login, Some(row)))?,
    };
    Some(json!({
        "row": row.id,
        "kind": login.kind.as_str(),
        "port": login.port,
        "tls": login.tls,
        "path": login.path,
        "user_field": login.user_field,
        "password_field": login.password_field,
        "token_field": login.token_field,
        "label_with_user_of": label,
        "valid": valid,
    }))
}
