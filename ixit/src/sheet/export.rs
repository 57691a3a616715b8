//! Declaration to workbook.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde_json::Value as Json;

use super::ExportError;
use super::added::Added;
use super::alike::Ids;
use super::explain;
use super::layout::{self, Column};
use super::page::{Book, writer};
use crate::declaration::{Declaration, TableContent};
use crate::provision::provisions;
use crate::table::{Layout, tables};
use crate::template::Language;

/// Writes ICS and IXIT as a workbook (xlsx), explained in a language. All cells are texts, so nothing in them
/// is a formula. Comments and the order of keys in the files are not kept, everything else is; see
/// [`super::import`].
///
/// # Errors
/// Names the cell whose text is too long for a spreadsheet.
pub fn export(declaration: &Declaration, language: Language) -> Result<Vec<u8>, ExportError> {
    written(declaration, language, None)
}

/// The same sheets without the instructions, with what a report adds to them. A text that a cell does not
/// hold is cut with a mark; [`super::import`] complains of it.
///
/// # Errors
/// If a sheet cannot be written, such as one with the name of another.
pub fn export_with(
    declaration: &Declaration,
    language: Language,
    added: &Added,
) -> Result<Vec<u8>, ExportError> {
    written(declaration, language, Some(added))
}

fn written(
    declaration: &Declaration,
    language: Language,
    added: Option<&Added>,
) -> Result<Vec<u8>, ExportError> {
    let edition = declaration.edition;
    let content = declaration.content();
    let ids = ids(declaration);
    let mut workbook = Workbook::new();
    // The same declaration gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(writer)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut book = Book::new(workbook, edition, language, added);
    match added {
        Some(added) => added.before.iter().try_for_each(|sheet| book.added(sheet))?,
        None => book.read_me()?,
    }

    let entries = layout::entries();
    let dut: Vec<String> = entries
        .iter()
        .map(|entry| match entry.heading.split_once('.') {
            Some((part, key)) => encode(entry, &content[part][key], &ids),
            None => edition.name().to_owned(),
        })
        .collect();
    book.form(layout::DUT, &entries, &dut)?;

    let columns = layout::ics();
    let ics: Vec<Vec<String>> = provisions(edition)
        .iter()
        .map(|provision| {
            let entry = &content["provision"][&provision.id];
            vec![
                provision.id.clone(),
                provision.status.clone(),
                explain::provision_title(edition, language, provision),
                encode(&columns[3], &entry["support"], &ids),
                encode(&columns[4], &entry["detail"], &ids),
            ]
        })
        .collect();
    // Results need room beside it.
    let (title, detail) = if added.is_some() { (36.0, 64.0) } else { (44.0, 100.0) };
    book.rows(layout::ICS, &columns, &[13.0, 11.0, title, 11.0, detail], &ics)?;

    let mut empty = Vec::new();
    for table in tables(edition) {
        let columns = layout::columns(edition, table);
        let value = &content["ixit"][&table.key];
        let reason = value.get("empty").filter(|_| value.as_object().is_some_and(|value| value.len() == 1));
        let reason = reason.or(content["contradicted"].get(&table.key)).unwrap_or(&Json::Null);
        empty.push(vec![
            table.id.clone(),
            explain::table_title(edition, language, table),
            encode(&layout::empty()[2], reason, &ids),
        ]);
        match table.layout {
            Layout::Rows => book.rows(&table.id, &columns, &[], &rows(&columns, value, &ids))?,
            Layout::Form => {
                let values: Vec<String> =
                    columns.iter().map(|column| encode(column, &value[&column.key], &ids)).collect();
                book.form(&table.id, &columns, &values)?;
            }
        }
    }
    let columns = layout::evidence();
    book.rows(layout::EVIDENCE, &columns, &[], &rows(&columns, &content["external_evidence"], &ids))?;
    book.rows(layout::EMPTY, &layout::empty(), &[18.0, 44.0, 100.0], &empty)?;
    if let Some(added) = added {
        added.after.iter().try_for_each(|sheet| book.added(sheet))?;
    }
    book.into_bytes()
}

fn ids(declaration: &Declaration) -> Ids {
    let rows = declaration.ixit.tables.values().filter_map(|content| match content {
        TableContent::Rows(rows) => Some(rows),
        _ => None,
    });
    rows.flatten().map(|row| row.id.clone()).collect()
}

fn rows(columns: &[Column], value: &Json, ids: &Ids) -> Vec<Vec<String>> {
    value
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|row| columns.iter().map(|column| encode(column, &row[&column.key], ids)).collect())
        .collect()
}

/// An absent value is an empty cell.
fn encode(column: &Column, value: &Json, ids: &Ids) -> String {
    if value.is_null() { String::new() } else { column.encode(value, ids) }
}
