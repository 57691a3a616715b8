//! The passwords on the labels of all samples, before the set-up replaces them.

use ixit::companion::FactorKind;
use ixit::{Declaration, Row};
use serde_json::json;

use crate::login_ways;
use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// Passwords on labels.
pub static OBSERVING: Observing = Observing {
    probe: "label-password",
    order: 70,
    states: &[DutState::FactoryDefault],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 120,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let rows = declaration.ixit.rows("auth_mech").iter().filter(|row| pre_installed_password(row));
    let mut rows: Vec<&Row> = rows.collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows.into_iter()
        .map(|row| {
            let login = login_ways::of_pre_installed(declaration, &row.id);
            // Whoever sets up with it is the same user as afterwards.
            let opened = declaration.ixit.rows("auth_mech").iter().filter(|opened| {
                let set_up = opened.companions.set_up.as_ref();
                set_up.is_some_and(|set_up| set_up.value.opened_by.as_ref() == Some(&row.id))
            });
            let user_of = opened.map(|opened| opened.id.clone());
            let generation = row.companions.generation.as_ref().map(|generation| &generation.value);
            let params = json!({
                "row": row.id,
                "login": login,
                "user_of": std::iter::once(row.id.clone()).chain(user_of).collect::<Vec<String>>(),
                "alphabet": generation.and_then(|generation| generation.alphabet.clone()),
            });
            Wanted::with(&row.id, params)
        })
        .collect()
}

fn pre_installed_password(row: &Row) -> bool {
    row.companions.factor.as_ref().is_some_and(|factor| {
        matches!(factor.value.kind, FactorKind::Password | FactorKind::Pin)
            && factor.value.pre_installed == Some(true)
    })
}
