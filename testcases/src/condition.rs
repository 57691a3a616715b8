//! The 13 conditions of the ICS table, derived from the declaration where it can tell. What a run finds
//! against them: [`crate::contradiction`].

use ixit::companion::{FactorKind, Subject};
use ixit::{Declaration, TableContent};
use serde::{Deserialize, Serialize};

/// A condition as the declaration has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionState {
    /// Number, 1 to 13.
    pub id: u8,
    /// Whether it holds; `None` if the declaration does not say.
    pub holds: Option<bool>,
    /// Where that is read, e.g. `declaration:ixit.toml#upd_mech`.
    pub basis: String,
}

/// Derives a condition from the declaration (EN 303 645, Table B.1; all but 4 and 5 follow from the IXIT).
pub fn derive(declaration: &Declaration, id: u8) -> ConditionState {
    let (holds, basis) = match id {
        1 => (any_row(declaration, "auth_mech", is_password), "auth_mech"),
        2 => (any_row(declaration, "auth_mech", is_pre_installed), "auth_mech"),
        3 => (
            any_row(declaration, "soft_comp", |row| Some(row.texts("update_mechanism").is_empty())),
            "soft_comp",
        ),
        4 => return constrained(declaration, id, true),
        5 => return constrained(declaration, id, false),
        6 => (has_rows(declaration, "tel_data"), "tel_data"),
        7 => (
            any_row(declaration, "pers_data", |row| {
                row.companions
                    .consent
                    .as_ref()
                    .map(|consent| consent.value)
                    .or(Some(row.text("obtaining_consent").is_some()))
            }),
            "pers_data",
        ),
        8 => (
            any_row(declaration, "auth_mech", |row| {
                row.companions.subject.as_ref().map(|subject| subject.value == Subject::User)
            }),
            "auth_mech",
        ),
        9 => (
            any_row(declaration, "upd_mech", |row| {
                let update = &row.companions.update.as_ref()?.value;
                match (update.automatic, update.notifies) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                }
            }),
            "upd_mech",
        ),
        10 => (
            any_row(declaration, "sec_param", |row| {
                row.companions.hard_coded_identity.as_ref().map(|identity| identity.value)
            }),
            "sec_param",
        ),
        11 => (
            any_row(declaration, "upd_mech", |row| row.companions.update.as_ref()?.value.network_based),
            "upd_mech",
        ),
        12 => (has_rows(declaration, "upd_mech"), "upd_mech"),
        13 => (any_row(declaration, "intf", crate::selection::is_debug_interface), "intf"),
        _ => (None, "unknown"),
    };
    let basis = match declaration.ixit.tables.get(basis) {
        Some(TableContent::Empty(reason)) => format!("declaration:{}#empty.{basis}", reason.at.file),
        Some(TableContent::Rows(rows)) if !rows.is_empty() => {
            format!("declaration:{}#{basis}", rows[0].at.file)
        }
        _ => format!("declaration:ixit.toml#{basis}"),
    };
    ConditionState { id, holds, basis }
}

impl ConditionState {
    /// It does not hold because a whole table is stated to be empty.
    pub fn denied_by_empty_table(&self) -> bool {
        self.holds == Some(false) && self.basis.contains("#empty.")
    }
}

fn constrained(declaration: &Declaration, id: u8, wanted: bool) -> ConditionState {
    let said = declaration.ics.dut.constrained.as_ref().map(|constrained| constrained.value);
    ConditionState {
        id,
        holds: said.map(|said| said == wanted),
        basis: "declaration:ics.toml#dut.constrained".to_owned(),
    }
}

fn has_rows(declaration: &Declaration, table: &str) -> Option<bool> {
    declaration
        .ixit
        .tables
        .get(table)
        .map(|content| matches!(content, TableContent::Rows(rows) if !rows.is_empty()))
}

fn any_row(
    declaration: &Declaration,
    table: &str,
    wanted: impl Fn(&ixit::Row) -> Option<bool>,
) -> Option<bool> {
    match declaration.ixit.tables.get(table)? {
        TableContent::Rows(rows) => {
            let mut unknown = false;
            for row in rows {
                match wanted(row) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            if unknown { None } else { Some(false) }
        }
        TableContent::Empty(_) => Some(false),
        TableContent::Form(_) => None,
    }
}

fn is_password(row: &ixit::Row) -> Option<bool> {
    let factor = row.companions.factor.as_ref()?;
    Some(matches!(factor.value.kind, FactorKind::Password | FactorKind::Pin))
}

fn is_pre_installed(row: &ixit::Row) -> Option<bool> {
    if is_password(row)? { row.companions.factor.as_ref()?.value.pre_installed } else { Some(false) }
}
