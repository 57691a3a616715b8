//! References between rows and to documents.

use super::Check;
use crate::companion::ResourceKind;
use crate::complaints::{excerpt, nearest};
use crate::declaration::{TableContent, is_placeholder};
use crate::located::At;
use crate::provision::{provision, provision_of};
use crate::read::leaves_documents;
use crate::table::tables;

/// Most names compared in the search for the nearest one.
const MOST_NAMES: usize = 1000;

/// Tables whose rows an input validation may cover.
const INPUTS: &[&str] = &["user_intf", "ext_api", "com_mech"];

pub(super) fn check(check: &mut Check<'_>) {
    let declaration = check.declaration;
    for table in tables(declaration.edition) {
        match declaration.ixit.tables.get(&table.key) {
            Some(TableContent::Rows(rows)) => {
                for row in rows {
                    for field in table.fields.iter().filter(|field| field.kind == "ref-list") {
                        let Some(value) = row.fields.get(&field.key) else { continue };
                        let unit = check.unit_of([field]);
                        let allowed: Vec<&str> = field.refs.iter().map(String::as_str).collect();
                        for (id, at) in references(value) {
                            reference(
                                check,
                                &id,
                                &at,
                                &allowed,
                                unit,
                                &format!("`{}` of {}", field.key, excerpt(&row.id)),
                            );
                        }
                    }
                    let unit = check.unit_of(&table.fields);
                    for source in &row.companions.sources {
                        let place = format!("`sources` of {}", excerpt(&row.id));
                        reference(check, &source.value, &source.at, INPUTS, unit, &place);
                    }
                }
            }
            Some(TableContent::Form(form)) => {
                for (key, resource) in &form.companions.resources {
                    if resource.value.kind == ResourceKind::Document {
                        let unit = check.unit_of(table.fields.iter().filter(|field| &field.key == key));
                        document(check, &resource.value.place, &resource.at, unit);
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(mud) = &declaration.ics.dut.mud {
        document(check, &mud.value, &mud.at, None);
    }
    evidence(check);
}

fn references(value: &crate::located::Located<crate::located::Value>) -> Vec<(String, At)> {
    match &value.value {
        crate::located::Value::List(items) => items
            .iter()
            .filter_map(|item| item.value.as_text().map(|text| (text.to_owned(), item.at.clone())))
            .collect(),
        other => other.texts().into_iter().map(|text| (text.to_owned(), value.at.clone())).collect(),
    }
}

pub(super) fn reference(
    check: &mut Check<'_>,
    id: &str,
    at: &At,
    allowed: &[&str],
    unit: Option<&str>,
    place: &str,
) {
    let declaration = check.declaration;
    if check.is_full() {
        return;
    }
    match check.homes.get(id).copied() {
        Some(table) if allowed.contains(&table) => {}
        Some(table) => {
            let message = format!("{place} refers to {}, which is a row of `{table}`", excerpt(id));
            check.finding(
                "reference-to-wrong-table",
                at,
                unit,
                message,
                format!("Expected: a row of {}", allowed.join(", ")),
            );
        }
        None => {
            let ids: Vec<&str> = allowed
                .iter()
                .flat_map(|table| declaration.ixit.rows(table))
                .map(|row| row.id.as_str())
                .take(MOST_NAMES)
                .collect();
            let help = match nearest(id, &ids) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Add the row to {}, or take the reference out", allowed.join(", ")),
            };
            let message = format!("{place} refers to \"{}\", which no row has as its id", excerpt(id));
            check.finding("dangling-reference", at, unit, message, help);
        }
    }
}

pub(super) fn document(check: &mut Check<'_>, path: &str, at: &At, unit: Option<&str>) {
    if is_placeholder(path)
        || leaves_documents(path)
        || check.declaration.documents.iter().any(|document| document.path == path)
    {
        return;
    }
    let paths: Vec<&str> =
        check.declaration.documents.iter().map(|document| document.path.as_str()).collect();
    let help = match nearest(path, &paths) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "Put the file below `documents`".to_owned(),
    };
    check.finding("missing-document", at, unit, format!("There is no document \"{}\"", excerpt(path)), help);
}

fn evidence(check: &mut Check<'_>) {
    let declaration = check.declaration;
    for evidence in &declaration.ics.external_evidence {
        let covered = evidence.covers.first().map(|covered| covered.value.as_str());
        // The first unit stands for a provision or a case that is covered as a whole.
        let unit = covered.map(|id| match (provision(declaration.edition, id), id.contains(':')) {
            (Some(_), _) => format!("{id}-1:a"),
            (None, true) => id.to_owned(),
            (None, false) => format!("{id}:a"),
        });
        let unit = unit.filter(|unit| provision_of(declaration.edition, unit).is_some());
        document(check, &evidence.document.value, &evidence.document.at, unit.as_deref());
        let there = declaration.documents.iter().find(|document| document.path == evidence.document.value);
        if let (Some(document), Some(stated)) = (there, &evidence.sha256)
            && !is_placeholder(&stated.value)
            && stated.value != document.sha256
        {
            let message = format!("The document {} has another SHA-256 than stated", excerpt(&document.path));
            check.finding(
                "document-digest-differs",
                &stated.at,
                unit.as_deref(),
                message,
                format!("The file has {}", document.sha256),
            );
        }
    }
}
