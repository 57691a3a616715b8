//! How a probe enters the value of a declared mechanism over the web, put together from its companions.

use ixit::companion::{Login, LoginKind};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

/// The declared login of a row as a probe takes it; `None` where it is none over the web.
pub fn of_row(row: &Row) -> Option<Value> {
    let login = &row.companions.login.as_ref()?.value;
    is_web(login.kind).then(|| way(row, login, &login.protected))
}

/// The login at which the value of a pre-installed mechanism is entered, with the page that it opens: that of
/// its own row, else that of the mechanism whose set-up it opens, with the page of the set-up.
pub fn of_pre_installed(declaration: &Declaration, id: &str) -> Option<Value> {
    let rows = declaration.ixit.rows("auth_mech");
    if let Some(own) = rows.iter().find(|row| row.id == id).and_then(of_row) {
        return Some(own);
    }
    rows.iter().find_map(|row| {
        let set_up = row.companions.set_up.as_ref()?;
        let login = &row.companions.login.as_ref()?.value;
        // A token opens no page that a browser shows.
        let shows_pages = matches!(login.kind, LoginKind::Form | LoginKind::Basic | LoginKind::Digest);
        (set_up.value.opened_by.as_deref() == Some(id) && shows_pages)
            .then(|| way(row, login, &set_up.value.path))
    })
}

fn is_web(kind: LoginKind) -> bool {
    matches!(kind, LoginKind::Basic | LoginKind::Digest | LoginKind::Form | LoginKind::Bearer)
}

fn way(row: &Row, login: &Login, protected: &str) -> Value {
    let defence = row.companions.brute_force.as_ref().map(|defence| &defence.value);
    json!({
        "row": row.id,
        "port": login.port,
        "tls": login.tls,
        "kind": login.kind.as_str(),
        "path": login.path,
        "protected": if protected.is_empty() { &login.path } else { protected },
        "user_field": login.user_field,
        "password_field": login.password_field,
        "token_field": login.token_field,
        "lockout_seconds": defence.and_then(|defence| defence.lockout_seconds),
    })
}
