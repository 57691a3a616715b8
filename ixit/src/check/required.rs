//! Completeness: every table stated, every field filled that has to be.

use std::collections::BTreeMap;

use super::Check;
use crate::companion::{Companions, FactorKind, ParameterPurpose, Subject};
use crate::declaration::{Declaration, Ixit, Row, TableContent, is_placeholder};
use crate::located::{At, Located, Value};
use crate::table::{Field, Layout, Table, tables};

/// Most rows named in a message.
const MOST_ROWS: usize = 8;

pub(super) fn check(check: &mut Check<'_>) {
    let declaration = check.declaration;
    let file = At::whole_file(&check.file("ixit"));
    for table in tables(declaration.edition) {
        if let Some(reason) = declaration.ixit.contradicted.get(&table.key) {
            let unit = check.unit_of(&table.fields);
            let message = format!("[empty] says that `{}` has no entries, but it has", table.key);
            check.finding(
                "empty-contradicted",
                &reason.at,
                unit,
                message,
                "Take the reason out, or the entries",
            );
        }
        match declaration.ixit.tables.get(&table.key) {
            None if check.is_unclear(&table.key) => {}
            None => {
                let unit = check.unit_of(&table.fields);
                let message = format!("Table {} ({}) is not stated", table.id, table.title);
                let help =
                    format!("Fill `{0}`, or say why there is nothing: [empty] {0} = \"reason\"", table.key);
                check.finding("table-not-stated", &file, unit, message, help);
            }
            Some(TableContent::Empty(reason)) => {
                if is_placeholder(&reason.value) {
                    let unit = check.unit_of(&table.fields);
                    let message = format!("[empty] gives no reason why `{}` has no entries", table.key);
                    check.finding(
                        "empty-without-reason",
                        &reason.at,
                        unit,
                        message,
                        "Say why there is nothing to declare",
                    );
                }
                // A form has no rows that could be missing with a reason: its entries are.
                if table.layout == Layout::Form {
                    let place = format!("of `{}`", table.key);
                    fields(check, table, &BTreeMap::new(), &Companions::default(), &reason.at, &place);
                }
            }
            Some(TableContent::Rows(rows)) => {
                for row in rows {
                    if row.observed_only {
                        let message = format!("{} was only observed and declares nothing", row.id);
                        let help =
                            "Answer what is open in the row, then take `origin` out; or take the row out";
                        check.finding("row-only-observed", &row.at, None, message, help);
                    }
                    fields(check, table, &row.fields, &row.companions, &row.at, &format!("of {}", row.id));
                }
            }
            Some(TableContent::Form(form)) => {
                fields(
                    check,
                    table,
                    &form.fields,
                    &form.companions,
                    &form.at,
                    &format!("of `{}`", table.key),
                );
            }
        }
    }
}

fn fields(
    check: &mut Check<'_>,
    table: &Table,
    values: &BTreeMap<String, Located<Value>>,
    companions: &Companions,
    at: &At,
    place: &str,
) {
    for field in table.fields.iter().filter(|field| field.kind != "id") {
        let unit = check.unit_of([field]);
        // A field of some devices only is not missed where no claimed provision reads it.
        let needed = |check: &Check<'_>| {
            field.required
                || unit.is_some_and(|unit| check.is_claimed(unit))
                    && applies(table, field, values, companions, check.declaration)
        };
        match values.get(&field.key) {
            Some(value) => match fill(field, &value.value) {
                Fill::Filled => {}
                Fill::Placeholder => {
                    let message = format!("The field `{}` {place} holds a placeholder", field.key);
                    check.finding("placeholder-text", &value.at, unit, message, &field.meaning);
                }
                Fill::Empty if needed(check) => missing(check, table, field, &value.at, unit, place),
                Fill::Empty => {}
            },
            None if needed(check) && !check.is_unclear(&field.key) => {
                missing(check, table, field, at, unit, place)
            }
            None => {}
        }
    }
}

fn missing(check: &mut Check<'_>, table: &Table, field: &Field, at: &At, unit: Option<&str>, place: &str) {
    if let Some((code, rows)) = undocumented(table, field, &check.declaration.ixit) {
        let message =
            format!("The field `{}` {place} is not filled, which {} need", field.key, rows.join(", "));
        return check.finding(code, at, unit, message, &field.meaning);
    }
    let when = field.filled_if.as_deref().map(|when| format!(" (to be filled: {when})")).unwrap_or_default();
    let message = format!("The field `{}` {place} is not filled{when}", field.key);
    check.finding("missing-field", at, unit, message, &field.meaning);
}

/// The relation of 2-UserInfo that breaks where an entry is missing, with the rows that need it; none where no row
/// does by its closed statements.
fn undocumented<'i>(table: &Table, field: &Field, ixit: &'i Ixit) -> Option<(&'static str, Vec<&'i str>)> {
    let any = |_: &Row| true;
    let of_user =
        |row: &Row| row.companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::User);
    let relevant = |row: &Row| row.companions.security_relevant.as_ref().is_some_and(|flag| flag.value);
    let relation: (&str, &str, fn(&Row) -> bool) = match (table.key.as_str(), field.key.as_str()) {
        ("user_info", "documentation_of_change_mechanisms") => ("change-undocumented", "auth_mech", of_user),
        ("user_info", "documentation_of_sensors") => ("sensors-undocumented", "ext_sens", any),
        ("user_info", "documentation_of_deletion") => ("deletion-undocumented", "del_func", any),
        ("user_info", "documentation_of_secure_setup") => ("decisions-undocumented", "user_dec", relevant),
        ("user_info", "documentation_of_personal_data") => ("personal-data-undocumented", "pers_data", any),
        ("user_info", "documentation_of_telemetry_data") => ("telemetry-undocumented", "tel_data", any),
        _ => return None,
    };
    let (code, from, needs) = relation;
    let rows: Vec<&str> =
        ixit.rows(from).iter().filter(|row| needs(row)).map(|row| row.id.as_str()).take(MOST_ROWS).collect();
    (!rows.is_empty()).then_some((code, rows))
}

enum Fill {
    Filled,
    Empty,
    Placeholder,
}

fn fill(field: &Field, value: &Value) -> Fill {
    match value {
        Value::Text(text) if text.trim().is_empty() => Fill::Empty,
        Value::Text(text) if is_placeholder(text) => Fill::Placeholder,
        // An empty list of references or disclosures is a statement: there are none.
        Value::List(items) if items.is_empty() && (field.kind == "ref-list" || !field.required) => {
            Fill::Filled
        }
        Value::List(items) if items.is_empty() => Fill::Empty,
        Value::List(items) if items.iter().any(|item| item.value.as_text().is_some_and(is_placeholder)) => {
            Fill::Placeholder
        }
        _ => Fill::Filled,
    }
}

/// Whether a field that is filled only under a condition has to be, as far as the companions and the
/// other fields tell; where they do not tell, nothing is said.
fn applies(
    table: &Table,
    field: &Field,
    values: &BTreeMap<String, Located<Value>>,
    companions: &Companions,
    declaration: &Declaration,
) -> bool {
    let is =
        |key: &str, wanted: &str| values.get(key).is_some_and(|value| value.value.texts().contains(&wanted));
    let holds = |flag: &Option<Located<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    match (table.key.as_str(), field.key.as_str()) {
        ("auth_mech", "password_generation_mechanism") => companions.factor.as_ref().is_some_and(|factor| {
            matches!(factor.value.kind, FactorKind::Password | FactorKind::Pin)
                && (factor.value.pre_installed == Some(true) || factor.value.user_defined == Some(false))
                && factor.value.used_outside_factory_default != Some(false)
        }),
        ("auth_mech", "brute_force_prevention") => holds(&companions.network_addressable),
        ("sec_param", "provisioning_mechanism" | "communication_mechanisms") => is("type", "critical"),
        ("sec_param", "generation_mechanism") => {
            is("type", "critical")
                && companions.purposes.iter().any(|purpose| {
                    matches!(
                        purpose.value,
                        ParameterPurpose::UpdateCheck | ParameterPurpose::AssociatedService
                    )
                })
        }
        ("soft_serv", "justification") => is("status", "enabled"),
        ("intf", "disclosed_information") => is("type", "network"),
        ("intf", "debug_interface" | "protection") => is("type", "physical"),
        ("pers_data", "obtaining_consent" | "withdrawing_consent") => holds(&companions.consent),
        ("user_info", "documentation_of_telemetry_data") => !declaration.ixit.rows("tel_data").is_empty(),
        ("user_info", "documentation_of_change_mechanisms") => {
            declaration.ixit.rows("auth_mech").iter().any(|row| {
                row.companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::User)
            })
        }
        ("user_info", "documentation_of_replacement" | "publication_of_non_updatable") | ("repl_sup", _) => {
            holds(&declaration.ics.dut.constrained)
                && declaration.ixit.rows("soft_comp").iter().any(|row| {
                    row.fields.contains_key("update_mechanism") && row.texts("update_mechanism").is_empty()
                })
        }
        _ => false,
    }
}
