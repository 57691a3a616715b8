//! Declaration to workbook.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};
use serde_json::Value as Json;

use super::ExportError;
use super::cell::CellKind;
use super::layout::{self, Column, cell_name};
use crate::declaration::Declaration;
use crate::provision::provisions;
use crate::table::{Layout, tables};

/// Characters that a cell holds.
const CELL_LIMIT: usize = 32_767;

/// Writes ICS and IXIT as a workbook (xlsx). All cells are texts, so nothing in them is a formula. Comments
/// and the order of keys in the files are not kept, everything else is; see [`super::import`].
///
/// # Errors
/// Names the cell whose text is too long for a spreadsheet.
pub fn export(declaration: &Declaration) -> Result<Vec<u8>, ExportError> {
    let content = declaration.content();
    let mut workbook = Workbook::new();
    // The same declaration gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(writer)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));

    let mut dut = vec![vec!["edition".to_owned(), declaration.edition.name().to_owned()]];
    for entry in layout::entries() {
        let value = entry.heading.split_once('.').map(|(part, key)| &content[part][key]);
        dut.push(vec![
            entry.heading.clone(),
            value.map_or_else(String::new, |value| encode(entry.kind, value)),
        ]);
    }
    sheet(&mut workbook, layout::DUT, layout::ENTRY_HEADINGS, &dut)?;

    let ics: Vec<Vec<String>> = provisions(declaration.edition)
        .iter()
        .map(|provision| {
            let entry = &content["provision"][&provision.id];
            let cell = |key: &str| encode(CellKind::Text, &entry[key]);
            vec![
                provision.id.clone(),
                provision.status.clone(),
                provision.title.clone(),
                cell("support"),
                cell("detail"),
            ]
        })
        .collect();
    sheet(&mut workbook, layout::ICS, layout::ICS_HEADINGS, &ics)?;

    rows(&mut workbook, layout::EVIDENCE, &layout::evidence(), &content["external_evidence"])?;
    let mut empty = Vec::new();
    for table in tables(declaration.edition) {
        let columns = layout::columns(table);
        let value = &content["ixit"][&table.key];
        let reason = value.get("empty").filter(|_| value.as_object().is_some_and(|value| value.len() == 1));
        if let Some(reason) = reason.or(content["contradicted"].get(&table.key)) {
            empty.push(vec![table.key.clone(), encode(CellKind::Text, reason)]);
        }
        match table.layout {
            Layout::Rows => rows(&mut workbook, &table.id, &columns, value)?,
            Layout::Form => {
                let lines: Vec<Vec<String>> = columns
                    .iter()
                    .map(|column| vec![column.heading.clone(), encode(column.kind, &value[&column.key])])
                    .collect();
                sheet(&mut workbook, &table.id, layout::ENTRY_HEADINGS, &lines)?;
            }
        }
    }
    sheet(&mut workbook, layout::EMPTY, layout::EMPTY_HEADINGS, &empty)?;
    workbook.save_to_buffer().map_err(writer)
}

fn rows(workbook: &mut Workbook, name: &str, columns: &[Column], value: &Json) -> Result<(), ExportError> {
    let headings: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).collect();
    let rows: Vec<Vec<String>> = value
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|row| columns.iter().map(|column| encode(column.kind, &row[&column.key])).collect())
        .collect();
    sheet(workbook, name, &headings, &rows)
}

/// An absent value is an empty cell.
fn encode(kind: CellKind, value: &Json) -> String {
    if value.is_null() { String::new() } else { kind.encode(value) }
}

fn sheet(
    workbook: &mut Workbook,
    name: &str,
    headings: &[&str],
    rows: &[Vec<String>],
) -> Result<(), ExportError> {
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    // The format "text" keeps a cell that begins with = a text when it is edited.
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let worksheet = workbook.add_worksheet().set_name(name).map_err(writer)?;
    for (column, heading) in headings.iter().enumerate() {
        write(worksheet, name, 0, column, heading, &bold)?;
        let width = if headings.len() == 2 && column == 1 { 80.0 } else { 28.0 };
        worksheet.set_column_width(column as u16, width).map_err(writer)?;
        worksheet.set_column_format(column as u16, &text).map_err(writer)?;
    }
    worksheet.set_freeze_panes(1, 1).map_err(writer)?;
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            write(worksheet, name, row + 1, column, cell, &text)?;
        }
    }
    Ok(())
}

fn write(
    worksheet: &mut Worksheet,
    sheet: &str,
    row: usize,
    column: usize,
    text: &str,
    format: &Format,
) -> Result<(), ExportError> {
    let (row, column) = (row as u32, column as u16);
    // Spreadsheets count UTF-16 units.
    let length = text.encode_utf16().count();
    if length > CELL_LIMIT {
        return Err(ExportError::TooLong { cell: cell_name(sheet, row, u32::from(column)), length });
    }
    worksheet.write_string_with_format(row, column, text, format).map_err(writer)?;
    Ok(())
}

fn writer(error: rust_xlsxwriter::XlsxError) -> ExportError {
    ExportError::Writer(error.to_string())
}
