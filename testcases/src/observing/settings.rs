//! The settings that the user has: those of updates and consents once the device is set up, decisions where they are
//! asked.

use ixit::companion::Setting;
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::sorted;
use crate::login_ways;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Settings.
pub static OBSERVING: Observing = Observing {
    probe: "settings",
    // After the logins; before what ends the state.
    order: 80,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 900,
    wanted,
};

/// A kind of settings: what it is called in the plan, where it is declared, and who reads it.
struct Kind {
    target: &'static str,
    table: &'static str,
    keys: &'static [&'static str],
    read_through: &'static [&'static str],
    change: bool,
    listen: bool,
}

const KINDS: [Kind; 3] = [
    Kind {
        target: "settings of updates",
        table: "upd_mech",
        keys: &["automatic-updates", "update-notices"],
        read_through: &["upd_mech.configuration", "upd_mech.user_notification"],
        change: true,
        listen: false,
    },
    Kind {
        target: "consent of the user",
        table: "pers_data",
        keys: &["consent"],
        read_through: &["pers_data.obtaining_consent", "pers_data.withdrawing_consent"],
        change: true,
        listen: true,
    },
    Kind {
        target: "decisions of the user",
        table: "user_dec",
        keys: &["decision"],
        read_through: &["user_dec.id", "user_dec.triggered_by", "user_dec.options", "user_dec.description"],
        change: false,
        listen: false,
    },
];

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let of_kind = |kind: &Kind| {
        let settings: Vec<Value> = sorted(declaration, kind.table)
            .into_iter()
            .flat_map(|row| kind.keys.iter().filter_map(move |key| Some((row, *key, setting(row, key)?))))
            .filter(|(_, _, setting)| shown_in(declaration, setting) == state)
            .filter_map(|(row, key, setting)| described(declaration, row, key, setting, kind))
            .collect();
        let disturbs = if kind.change { vec![Disturbance::ChangeState] } else { Vec::new() };
        let read_through = kind.read_through.iter().map(|field| (*field).to_owned()).collect();
        (!settings.is_empty()).then(|| Wanted {
            disturbs,
            read_through,
            ..Wanted::with(kind.target, json!({ "settings": settings }))
        })
    };
    KINDS.iter().filter_map(of_kind).collect()
}

/// A declared setting of a row.
pub(crate) fn setting<'d>(row: &'d Row, key: &str) -> Option<&'d Setting> {
    row.companions.settings.get(key).map(|setting| &setting.value)
}

/// Whether a probe can get at a declared setting.
pub(crate) fn is_driven(declaration: &Declaration, setting: &Setting) -> bool {
    match &setting.who {
        None => true,
        Some(who) => login(declaration, who).is_some(),
    }
}

/// The state in which a setting is shown: what the password on the label opens is there before the set-up alone.
pub(crate) fn shown_in(declaration: &Declaration, setting: &Setting) -> DutState {
    match setting.who.as_deref().is_some_and(|who| opens_set_up(declaration, who)) {
        true => DutState::FactoryDefault,
        false => DutState::Initialized,
    }
}

fn opens_set_up(declaration: &Declaration, who: &str) -> bool {
    declaration
        .ixit
        .rows("auth_mech")
        .iter()
        .filter_map(|row| row.companions.set_up.as_ref())
        .any(|set_up| set_up.value.opened_by.as_deref() == Some(who))
}

fn login(declaration: &Declaration, who: &str) -> Option<Value> {
    match opens_set_up(declaration, who) {
        true => login_ways::of_pre_installed(declaration, who),
        false => declaration.ixit.row(who).and_then(|(_, row)| login_ways::of_row(row)),
    }
}

fn described(
    declaration: &Declaration,
    row: &Row,
    key: &str,
    setting: &Setting,
    kind: &Kind,
) -> Option<Value> {
    let login = match &setting.who {
        None => None,
        Some(who) => Some(login(declaration, who)?),
    };
    Some(json!({
        "row": row.id,
        "key": key,
        "port": setting.port,
        "tls": setting.tls,
        "login": login,
        "by_label": setting.who.as_deref().is_some_and(|who| opens_set_up(declaration, who)),
        "page": setting.page,
        "field": setting.field,
        "target": setting.target.as_ref().unwrap_or(&setting.page),
        "method": setting.method,
        "json": setting.json,
        "on": setting.on,
        "off": setting.off,
        "later": setting.later,
        "change": kind.change,
        "listen": kind.listen,
    }))
}
