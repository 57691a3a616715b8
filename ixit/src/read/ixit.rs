//! The IXIT: rows and forms, checked against the tables of the edition while walking the document.

use std::collections::HashMap;

use crate::companion::{Companions, DUT_STATES, SETTINGS};
use crate::complaints::{Complaints, excerpt};
use crate::declaration::{Form, Ixit, Row, TableContent};
use crate::described::{Described, check_names, refuse};
use crate::edition::Edition;
use crate::located::{At, Located, Value};
use crate::node::{Content, Entry, Node};
use crate::table::{Field, Layout, Table, table, tables};

/// Values of `origin`.
pub(crate) const ORIGINS: &[&str] = &["supplier", "observed"];

/// Reads what is there.
pub(super) fn read(edition: Edition, root: Option<&Node>, to: &mut Complaints) -> Ixit {
    let mut ixit = Ixit::default();
    let Some(root) = root else { return ixit };
    let mut ids = HashMap::new();
    for entry in root.entries() {
        if let Some(table) = table(edition, &entry.key) {
            let content = match table.layout {
                Layout::Rows => rows(edition, table, &entry.node, &mut ids, to),
                Layout::Form => form(edition, table, &entry.node, to),
            };
            if let Some(content) = content {
                ixit.tables.insert(table.key.clone(), content);
            } else if to.has_errors() {
                to.unclear.insert(table.key.clone());
            }
        } else if entry.key != "empty" {
            let keys = tables(edition).iter().map(|table| table.key.as_str()).chain(["empty"]);
            to.unknown_key(&entry.key_at, &entry.key, keys);
        }
    }
    if let Some(entry) = root.entry("empty") {
        empty(edition, &entry.node, &mut ixit, to);
    }
    ixit
}

fn rows(
    edition: Edition,
    table: &Table,
    node: &Node,
    ids: &mut HashMap<String, At>,
    to: &mut Complaints,
) -> Option<TableContent> {
    let Content::List(items) = &node.content else {
        return refuse(node, &format!("rows, each beginning with [[{}]]", table.key), to);
    };
    let rows: Vec<Row> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| row(edition, table, index, item, ids, to))
        .collect();
    (!items.is_empty()).then_some(TableContent::Rows(rows))
}

fn row(
    edition: Edition,
    table: &Table,
    index: usize,
    node: &Node,
    ids: &mut HashMap<String, At>,
    to: &mut Complaints,
) -> Option<Row> {
    if !matches!(node.content, Content::Table(_)) {
        return refuse(node, &format!("a row, beginning with [[{}]]", table.key), to);
    }
    let id = match node.entry("id") {
        Some(entry) => id(entry, ids, to),
        None => {
            let help = "a label that is unique in the whole IXIT, first key of the row";
            to.missing_key(&node.at, "id", help);
            None
        }
    };
    let mut row = Row {
        id: id.unwrap_or_default(),
        index,
        fields: Default::default(),
        companions: Companions::default(),
        observed_only: false,
        at: node.at.clone(),
    };
    for entry in node.entries() {
        match entry.key.as_str() {
            "id" => {}
            "origin" => {
                check_names(&entry.node, ORIGINS, to);
                row.observed_only = String::read(&entry.node, to).is_some_and(|origin| origin == "observed");
            }
            _ => {
                if let Some(value) = keyed(edition, table, entry, &mut row.companions, to) {
                    row.fields.insert(entry.key.clone(), value);
                }
            }
        }
    }
    Some(row)
}

fn id(entry: &Entry, ids: &mut HashMap<String, At>, to: &mut Complaints) -> Option<String> {
    let id = String::read(&entry.node, to)?;
    if id.trim().is_empty() {
        to.error(
            "bad-value",
            &entry.node.at,
            "The id is empty",
            Some("Write a label that is unique in the whole IXIT".into()),
        );
        return None;
    }
    if let Some(first) = ids.get(&id) {
        let message = format!("The id \"{}\" is given twice", excerpt(&id));
        // In a spreadsheet each cell is a place of its own.
        let place = if first.file == entry.node.at.file {
            format!("line {}", first.line)
        } else {
            first.file.to_string()
        };
        let help = format!("It is already used in {place}; ids are unique in the whole IXIT");
        to.error("duplicate-id", &entry.node.at, message, Some(help));
    } else {
        ids.insert(id.clone(), entry.node.at.clone());
    }
    Some(id)
}

fn form(edition: Edition, table: &Table, node: &Node, to: &mut Complaints) -> Option<TableContent> {
    if !matches!(node.content, Content::Table(_)) {
        return refuse(node, &format!("a form, beginning with [{}]", table.key), to);
    }
    let mut form =
        Form { fields: Default::default(), companions: Companions::default(), at: node.at.clone() };
    for entry in node.entries() {
        if let Some(value) = keyed(edition, table, entry, &mut form.companions, to) {
            form.fields.insert(entry.key.clone(), value);
        }
    }
    // A form without entries states nothing.
    (!node.entries().is_empty()).then_some(TableContent::Form(form))
}

/// A field is returned, a companion goes to its place, anything else is unknown.
fn keyed(
    edition: Edition,
    table: &Table,
    entry: &Entry,
    companions: &mut Companions,
    to: &mut Complaints,
) -> Option<Located<Value>> {
    if let Some(field) = table.fields.iter().find(|field| field.key == entry.key && field.kind != "id") {
        let read = value(field, &entry.node, to);
        if read.is_none() {
            to.unclear.insert(entry.key.clone());
        }
        return read;
    }
    if table.companions.contains(&entry.key) {
        check_map(table, entry, companions, to);
        return None;
    }
    let keys = known_keys(table);
    if Companions::KEYS.contains(&entry.key.as_str()) {
        let homes: Vec<&str> = tables(edition)
            .iter()
            .filter(|table| table.companions.contains(&entry.key))
            .map(|table| table.key.as_str())
            .collect();
        let message = format!("The key `{}` does not belong to `{}`", entry.key, table.key);
        to.error("unknown-key", &entry.key_at, message, Some(format!("It belongs to: {}", homes.join(", "))));
    } else {
        to.unknown_key(&entry.key_at, &entry.key, keys);
    }
    None
}

/// Keys of a row or form.
pub(crate) fn known_keys(table: &Table) -> Vec<&str> {
    let fields = table.fields.iter().map(|field| field.key.as_str());
    let origin = (table.layout == Layout::Rows).then_some("origin");
    fields.chain(table.companions.iter().map(String::as_str)).chain(origin).collect()
}

/// Reads a companion; where it is a map, its keys are names as well.
fn check_map(table: &Table, entry: &Entry, companions: &mut Companions, to: &mut Complaints) {
    let keys: Option<Vec<&str>> = match entry.key.as_str() {
        "resources" => Some(table.fields.iter().map(|field| field.key.as_str()).collect()),
        "status_in" => Some(DUT_STATES.to_vec()),
        "settings" => {
            SETTINGS.iter().find(|(key, _)| *key == table.key).map(|(_, settings)| settings.to_vec())
        }
        _ => None,
    };
    if let Some(keys) = keys {
        crate::described::check_keys(&entry.node, &keys, to);
    }
    companions.read_key(&entry.key, &entry.node, to);
    if let Some(login) = companions.login.as_ref().filter(|_| entry.key == "login")
        && login.value.kind.is_web()
        && login.value.path.is_empty()
        && !to.unclear.contains("path")
    {
        let help = "where the credential goes: the protected page (basic, digest), the target of the form, or the token endpoint";
        to.missing_key(&login.at, "path", help);
    }
    if entry.key == "resources" {
        for resource in companions.resources.values() {
            if resource.value.kind == crate::companion::ResourceKind::Document {
                let path = Located { value: resource.value.place.clone(), at: resource.at.clone() };
                super::ics::check_document_path(&path, to);
            }
        }
    }
}

/// The value of a field, by its type: lists become lists of texts, yes/no becomes a flag.
fn value(field: &Field, node: &Node, to: &mut Complaints) -> Option<Located<Value>> {
    let at = node.at.clone();
    let names: Vec<&str> = field.values.iter().map(String::as_str).collect();
    let value = match field.kind.as_str() {
        "bool" => Value::Flag(bool::read(node, to)?),
        "bool-pair" => match &node.content {
            Content::Flag(false) => Value::Text("no".into()),
            _ => {
                check_names(node, &names, to);
                Value::Text(String::read(node, to)?)
            }
        },
        "enum" => {
            check_names(node, &names, to);
            Value::Text(String::read(node, to)?)
        }
        "list" | "enum-set" | "ref-list" => {
            let items = Vec::<Located<String>>::read(node, to)?;
            if field.kind == "enum-set" {
                check_names(node, &names, to);
            }
            Value::List(
                items
                    .into_iter()
                    .map(|item| Located { value: Value::Text(item.value), at: item.at })
                    .collect(),
            )
        }
        // A published resource may be spread over several places.
        "resource" if matches!(node.content, Content::List(_)) => {
            Vec::<String>::read(node, to)?;
            return node.to_value();
        }
        _ => Value::Text(String::read(node, to)?),
    };
    Some(Located { value, at })
}

fn empty(edition: Edition, node: &Node, ixit: &mut Ixit, to: &mut Complaints) {
    if !matches!(node.content, Content::Table(_)) {
        return refuse(node, "a table of reasons, [empty]", to).unwrap_or_default();
    }
    for entry in node.entries() {
        let Some(table) = table(edition, &entry.key) else {
            to.unknown_key(&entry.key_at, &entry.key, tables(edition).iter().map(|table| table.key.as_str()));
            continue;
        };
        let Some(reason) = Located::<String>::read(&entry.node, to) else { continue };
        match ixit.tables.get(&table.key) {
            // Rows and forms win; the contradiction is a finding.
            Some(TableContent::Rows(_) | TableContent::Form(_)) => {
                ixit.contradicted.insert(table.key.clone(), reason);
            }
            _ => {
                ixit.tables.insert(table.key.clone(), TableContent::Empty(reason));
            }
        }
    }
}
