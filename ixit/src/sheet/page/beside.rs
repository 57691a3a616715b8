//! What a report adds: its sheets, and the columns beside those of the declaration.

use rust_xlsxwriter::{Color, Worksheet};

use super::{Book, On, ignore_numbers, tall, write, writer};
use crate::sheet::ExportError;
use crate::sheet::added::{self, AddedCell, AddedColumn, AddedColumns, AddedSheet, Look};
use crate::template::Language;

/// The number of A3 among the sizes of paper.
pub(super) const A3: u8 = 8;

impl Book<'_> {
    /// A sheet that is no part of the declaration.
    pub(in crate::sheet) fn added(&mut self, sheet: &AddedSheet) -> Result<(), ExportError> {
        let (mut row, on) = (self.head(), self.on(&sheet.name));
        let worksheet = self.sheet(&sheet.name, Color::RGB(0x3B3838))?;
        if sheet.large {
            worksheet.set_paper_size(A3);
        }
        for (place, column) in (0_u16..).zip(&sheet.columns) {
            worksheet.set_column_width(place, column.width).map_err(writer)?;
        }
        let sizes = |cells: &[AddedCell]| -> Vec<(String, f64)> {
            // A title reaches over its neighbours.
            let wraps = |cell: &&AddedCell| !matches!(cell.look, Look::Title | Look::Section | Look::Warning);
            let widths = sheet.columns.iter().map(|column| column.width);
            let cells = cells.iter().zip(widths);
            cells.filter(|(cell, _)| wraps(cell)).map(|(cell, width)| (cell.text.clone(), width)).collect()
        };
        if let Some(kept) = sheet.kept {
            worksheet.set_freeze_panes(row + 1, kept).map_err(writer)?;
            worksheet.set_repeat_rows(0, row).map_err(writer)?;
            let headings: Vec<AddedCell> =
                sheet.columns.iter().map(|column| AddedCell::new(&*column.heading, Look::Heading)).collect();
            cells_of(worksheet, on, row, 0, &headings)?;
            // The button of the filter takes its part of a heading.
            tall(worksheet, row, sizes(&headings).iter().map(|(text, width)| (text.as_str(), width - 3.0)))?;
            let last = row + u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX / 2);
            let last_column = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
            worksheet.autofilter(row, 0, last, last_column).map_err(writer)?;
            row += 1;
        } else {
            worksheet.set_screen_gridlines(false).set_print_gridlines(false);
        }
        for cells in &sheet.rows {
            cells_of(worksheet, on, row, 0, cells)?;
            let title = match cells.first().map(|cell| cell.look) {
                Some(Look::Title) => Some(27.0),
                Some(Look::Section) => Some(22.0),
                _ => None,
            };
            if let Some(height) = title {
                worksheet.set_row_height(row, height).map_err(writer)?;
            } else {
                tall(worksheet, row, sizes(cells).iter().map(|(text, width)| (text.as_str(), *width)))?;
            }
            row += 1;
        }
        ignore_numbers(worksheet, sheet.columns.len())
    }
}

/// Writes the headings of added columns; gives them with their widths.
pub(super) fn headings(
    worksheet: &mut Worksheet,
    on: On<'_>,
    row: u32,
    first: u16,
    beside: Option<&AddedColumns>,
    language: Language,
) -> Result<Vec<(String, f64)>, ExportError> {
    let columns: &[AddedColumn] = beside.map_or(&[], |beside| &beside.columns);
    let mut written = Vec::new();
    for (place, column) in (first..).zip(columns) {
        let heading = added::heading(column, language);
        worksheet.set_column_width(place, column.width).map_err(writer)?;
        write(worksheet, on, row, place, &heading, &added::added_heading())?;
        written.push((heading, column.width - 3.0));
    }
    Ok(written)
}

/// Writes added cells from a column on.
pub(super) fn cells_of(
    worksheet: &mut Worksheet,
    on: On<'_>,
    row: u32,
    first: u16,
    cells: &[AddedCell],
) -> Result<(), ExportError> {
    for (place, cell) in (first..).zip(cells) {
        write(worksheet, on, row, place, &cell.text, &added::format(cell.look))?;
    }
    Ok(())
}

/// Texts of added cells with the widths of their columns.
pub(super) fn sizes<'c>(
    beside: Option<&'c AddedColumns>,
    cells: &'c [AddedCell],
) -> impl Iterator<Item = (&'c str, f64)> {
    let columns: &[AddedColumn] = beside.map_or(&[], |beside| &beside.columns);
    cells.iter().zip(columns).map(|(cell, column)| (cell.text.as_str(), column.width))
}
