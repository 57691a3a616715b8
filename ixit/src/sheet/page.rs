//! One sheet of the workbook: headings with their notes, texts, drop-downs; behind them what a report adds.

mod beside;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, IgnoreError,
    Note, Workbook, Worksheet,
};

use super::ExportError;
use super::added::{self, Added, AddedColumns, CELL_LIMIT};
use super::cell::CellKind;
use super::explain;
use super::layout::{self, Column, Subject, cell_name};
use crate::edition::Edition;
use crate::template::Language;

/// Rows below the headings that drop-downs reach.
const ROWS: u32 = 999;
/// Characters that the values of a drop-down hold together.
const LIST_LIMIT: usize = 255;

/// Widths of a form.
const ENTRY_WIDTHS: [f64; 2] = [44.0, 100.0];
/// Points of the tallest row; what is longer is read in the cell.
const TALLEST: f64 = 240.0;

/// A workbook under way.
pub(super) struct Book<'a> {
    workbook: Workbook,
    edition: Edition,
    language: Language,
    added: Option<&'a Added>,
}

/// Where a text is written, and what becomes of one that is too long.
#[derive(Clone, Copy)]
struct On<'s> {
    sheet: &'s str,
    /// It is cut, with a mark in this language; else it is an error.
    cut: Option<Language>,
}

impl<'a> Book<'a> {
    pub(super) fn new(
        workbook: Workbook,
        edition: Edition,
        language: Language,
        added: Option<&'a Added>,
    ) -> Self {
        Self { workbook, edition, language, added }
    }

    /// The row of the headings, counted from 0.
    fn head(&self) -> u32 {
        u32::from(self.added.is_some())
    }

    fn on<'s>(&self, sheet: &'s str) -> On<'s> {
        On { sheet, cut: self.added.map(|_| self.language) }
    }

    pub(super) fn into_bytes(mut self) -> Result<Vec<u8>, ExportError> {
        self.workbook.save_to_buffer().map_err(writer)
    }

    /// A table of rows; widths where those of the kinds do not fit.
    pub(super) fn rows(
        &mut self,
        name: &str,
        columns: &[Column],
        widths: &[f64],
        rows: &[Vec<String>],
    ) -> Result<(), ExportError> {
        let (edition, language, head_row, on) = (self.edition, self.language, self.head(), self.on(name));
        let more_columns = self.beside(name);
        let worksheet = self.sheet(name, tab(name))?;
        worksheet.set_freeze_panes(head_row + 1, 1).map_err(writer)?;
        worksheet.set_repeat_rows(0, head_row).map_err(writer)?;
        let widths: Vec<f64> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| widths.get(place).copied().unwrap_or_else(|| width(column.kind)))
            .collect();
        for ((place, column), width) in (0_u16..).zip(columns).zip(&widths) {
            worksheet.set_column_width(place, *width).map_err(writer)?;
            worksheet.set_column_format(place, &text_format()).map_err(writer)?;
            head(worksheet, on, head_row, place, column, edition, language)?;
            if let Some(list) = drop_down(column, edition, head_row)? {
                let (first, last) = (head_row + 1, head_row + ROWS);
                worksheet.add_data_validation(first, place, last, place, &list).map_err(writer)?;
            }
        }
        let headings: Vec<String> = columns.iter().map(|column| explain::heading(column, language)).collect();
        let own = headings.iter().map(String::as_str).zip(widths.iter().copied());
        let beside_place = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        let more = beside::headings(worksheet, on, head_row, beside_place, more_columns, language)?;
        tall(worksheet, head_row, own.chain(more.iter().map(|(text, width)| (text.as_str(), *width))))?;
        for (row, cells) in (head_row + 1..).zip(rows) {
            for (place, cell) in (0_u16..).zip(cells) {
                write(worksheet, on, row, place, cell, &text_format())?;
            }
            let of_row =
                more_columns.and_then(|beside| beside.cells.get(cells.first()?)).map_or(&[][..], |all| all);
            beside::cells_of(worksheet, on, row, beside_place, of_row)?;
            let own = cells.iter().map(String::as_str).zip(widths.iter().copied());
            tall(worksheet, row, own.chain(beside::sizes(more_columns, of_row)))?;
        }
        if more_columns.is_some() {
            worksheet.set_paper_size(beside::A3);
            let last = head_row + u32::try_from(rows.len()).unwrap_or(ROWS);
            let columns = columns.len() + more_columns.map_or(0, |more| more.columns.len());
            let last_column = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
            worksheet.autofilter(head_row, 0, last, last_column).map_err(writer)?;
        }
        ignore_numbers(worksheet, columns.len())
    }

    /// A form: one line an entry, with a note on its name and the drop-down of its value.
    pub(super) fn form(
        &mut self,
        name: &str,
        lines: &[Column],
        values: &[String],
    ) -> Result<(), ExportError> {
        let (edition, language, head_row, on) = (self.edition, self.language, self.head(), self.on(name));
        let more_columns = self.beside(name);
        let worksheet = self.sheet(name, tab(name))?;
        worksheet.set_freeze_panes(head_row + 1, 1).map_err(writer)?;
        for (place, (column, width)) in (0_u16..).zip(layout::entry_columns().iter().zip(ENTRY_WIDTHS)) {
            worksheet.set_column_width(place, width).map_err(writer)?;
            worksheet.set_column_format(place, &text_format()).map_err(writer)?;
            head(worksheet, on, head_row, place, column, edition, language)?;
        }
        let headings = layout::entry_columns()
            .iter()
            .map(|column| explain::heading(column, language))
            .collect::<Vec<_>>();
        let own = headings.iter().map(String::as_str).zip(ENTRY_WIDTHS);
        let more = beside::headings(worksheet, on, head_row, 2, more_columns, language)?;
        tall(worksheet, head_row, own.chain(more.iter().map(|(text, width)| (text.as_str(), *width))))?;
        for ((row, line), value) in (head_row + 1..).zip(lines).zip(values) {
            let text = explain::heading(line, language);
            write(worksheet, on, row, 0, &text, &colours(line))?;
            note(worksheet, row, 0, &explain::note(line, edition, language))?;
            write(worksheet, on, row, 1, value, &text_format())?;
            let of_line =
                more_columns.and_then(|beside| beside.cells.get(&line.key)).map_or(&[][..], |all| all);
            beside::cells_of(worksheet, on, row, 2, of_line)?;
            let own = [(text.as_str(), ENTRY_WIDTHS[0]), (value, ENTRY_WIDTHS[1])];
            tall(worksheet, row, own.into_iter().chain(beside::sizes(more_columns, of_line)))?;
            if let Some(list) = drop_down(line, edition, head_row)? {
                worksheet.add_data_validation(row, 1, row, 1, &list).map_err(writer)?;
            }
        }
        ignore_numbers(worksheet, 2)
    }

    /// What stands beside the columns of a sheet.
    fn beside(&self, name: &str) -> Option<&'a AddedColumns> {
        self.added.and_then(|added| added.columns.get(name))
    }

    /// The first sheet: what the workbook is and how it is filled in. Names of sheets lead there.
    pub(super) fn read_me(&mut self) -> Result<(), ExportError> {
        let (edition, language) = (self.edition, self.language);
        let name = explain::read_me_name(language);
        let on = self.on(name);
        let worksheet = self.sheet(name, Color::Gray)?;
        worksheet.set_column_width(0, 24.0).map_err(writer)?;
        worksheet.set_column_width(1, 110.0).map_err(writer)?;
        worksheet.set_screen_gridlines(false);
        let label = text_format().set_bold();
        for (row, [left, right]) in (0_u32..).zip(explain::read_me(edition, language)) {
            if right.is_empty() {
                let size = if row == 0 { 16.0 } else { 13.0 };
                write(worksheet, on, row, 0, &left, &Format::new().set_bold().set_font_size(size))?;
                worksheet.set_row_height(row, size * 1.7).map_err(writer)?;
                continue;
            }
            write(worksheet, on, row, 0, &left, &label)?;
            write(worksheet, on, row, 1, &right, &text_format())?;
            tall(worksheet, row, [(right.as_str(), 110.0)])?;
        }
        Ok(())
    }

    fn sheet(&mut self, name: &str, tab: Color) -> Result<&mut Worksheet, ExportError> {
        let worksheet = self.workbook.add_worksheet().set_name(name).map_err(writer)?;
        worksheet.set_tab_color(tab);
        worksheet.set_landscape().set_print_fit_to_pages(1, 0);
        if let Some(added) = self.added {
            added::write_line(worksheet, added, self.language)?;
            worksheet.set_print_gridlines(true);
        }
        Ok(worksheet)
    }
}

/// The format "text" keeps a cell that begins with = a text when it is edited.
pub(super) fn text_format() -> Format {
    Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top)
}

fn tab(name: &str) -> Color {
    match name {
        layout::DUT | layout::ICS => Color::RGB(0x1F4E79),
        layout::EVIDENCE | layout::EMPTY => Color::Gray,
        _ => Color::RGB(0x9DC3E6),
    }
}

fn width(kind: CellKind) -> f64 {
    match kind {
        CellKind::Flag | CellKind::Date => 14.0,
        CellKind::Choice => 20.0,
        CellKind::Label | CellKind::Lines | CellKind::Names => 26.0,
        CellKind::Text | CellKind::Resource => 48.0,
        CellKind::Toml => 64.0,
    }
}

/// What is always filled in stands out, and what is for machines is apart.
fn colours(column: &Column) -> Format {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xBFBFBF));
    match column.subject {
        Subject::Field(_, field) if field.required => {
            format.set_background_color(Color::RGB(0x1F4E79)).set_font_color(Color::White)
        }
        Subject::Field(..) | Subject::Member(..) => format.set_background_color(Color::RGB(0xDDEBF7)),
        Subject::Companion(..) => format.set_background_color(Color::RGB(0xE2EFDA)),
        Subject::Sheet if column.key == "origin" => format.set_background_color(Color::RGB(0xEDEDED)),
        Subject::Sheet => format.set_background_color(Color::RGB(0x1F4E79)).set_font_color(Color::White),
    }
}

fn head(
    worksheet: &mut Worksheet,
    on: On<'_>,
    row: u32,
    place: u16,
    column: &Column,
    edition: Edition,
    language: Language,
) -> Result<(), ExportError> {
    write(worksheet, on, row, place, &explain::heading(column, language), &colours(column))?;
    note(worksheet, row, place, &explain::note(column, edition, language))
}

/// A note as large as its text.
fn note(worksheet: &mut Worksheet, row: u32, place: u16, text: &str) -> Result<(), ExportError> {
    const LINE: usize = 64;
    if text.is_empty() {
        return Ok(());
    }
    let lines: usize = text.lines().map(|line| 1 + columns(line) / LINE).sum();
    let height = u32::try_from(lines * 15 + 14).unwrap_or(600).clamp(40, 600);
    let note = Note::new(text).add_author_prefix(false).set_width(400).set_height(height).set_font_size(9);
    worksheet.insert_note(row, place, &note).map_err(writer)?;
    Ok(())
}

/// Makes a row as tall as its longest text: not every spreadsheet program does so when it opens a file.
fn tall<'t>(
    worksheet: &mut Worksheet,
    row: u32,
    cells: impl IntoIterator<Item = (&'t str, f64)>,
) -> Result<(), ExportError> {
    // Words are not parted where a line ends, and Japanese letters stand taller than Latin ones.
    let height = |(text, width): (&str, f64)| -> f64 {
        let line_height = if text.is_ascii() { 15.0 } else { 17.5 };
        let lines: f64 = text.lines().map(|line| (columns(line) as f64 / width / 0.94).ceil().max(1.0)).sum();
        lines * line_height
    };
    let most = cells.into_iter().map(height).fold(15.0, f64::max);
    worksheet.set_row_height(row, most.min(TALLEST)).map_err(writer)?;
    Ok(())
}

/// Columns of a line, Japanese letters counting twice.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The drop-down of a column: its values, or the ids of the table that it refers to as they are written there.
fn drop_down(
    column: &Column,
    edition: Edition,
    head_row: u32,
) -> Result<Option<DataValidation>, ExportError> {
    let of_sheet = |sheet: &str| {
        let range = format!("'{sheet}'!$A${}:$A${}", head_row + 2, head_row + 1 + ROWS);
        DataValidation::new().allow_list_formula(Formula::new(range))
    };
    let yes_no = ["yes".to_owned(), "no".to_owned()];
    let choices: &[String] = if column.kind == CellKind::Flag { &yes_no } else { &column.choices };
    let list = if !choices.is_empty() {
        let length: usize = choices.iter().map(|choice| choice.chars().count() + 1).sum();
        if length > LIST_LIMIT || choices.iter().any(|choice| choice.contains([',', '"'])) {
            return Ok(None);
        }
        DataValidation::new().allow_list_strings(choices).map_err(writer)?
    } else if let [table] = &column.refers[..] {
        match crate::table::table(edition, table) {
            Some(table) => of_sheet(&table.id),
            None => return Ok(None),
        }
    } else if column.key == "covers" && matches!(column.subject, Subject::Member(..)) {
        of_sheet(layout::ICS)
    } else {
        return Ok(None);
    };
    // Where several entries or other values may stand, the list only proposes.
    let is_strict = matches!(column.kind, CellKind::Flag | CellKind::Choice);
    if !is_strict {
        return Ok(Some(list.show_error_message(false)));
    }
    let list = list.set_error_style(DataValidationErrorStyle::Stop);
    let list = list.set_error_title(column.heading.chars().take(32).collect::<String>()).map_err(writer)?;
    let message: String = choices.join(" | ").chars().take(LIST_LIMIT).collect();
    Ok(Some(list.set_error_message(message).map_err(writer)?))
}

/// Version 1 is a text here; no spreadsheet program needs to wonder.
fn ignore_numbers(worksheet: &mut Worksheet, columns: usize) -> Result<(), ExportError> {
    let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    worksheet.ignore_error_range(0, 0, ROWS, last, IgnoreError::NumberStoredAsText).map_err(writer)?;
    Ok(())
}

fn write(
    worksheet: &mut Worksheet,
    on: On<'_>,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), ExportError> {
    if text.is_empty() {
        return Ok(());
    }
    // Spreadsheets count UTF-16 units.
    let length = text.encode_utf16().count();
    if length > CELL_LIMIT {
        let Some(language) = on.cut else {
            return Err(ExportError::TooLong { cell: cell_name(on.sheet, row, u32::from(column)), length });
        };
        let cut = added::fitting(text, language);
        worksheet.write_string_with_format(row, column, cut, format).map_err(writer)?;
        return Ok(());
    }
    worksheet.write_string_with_format(row, column, text, format).map_err(writer)?;
    Ok(())
}

pub(super) fn writer(error: rust_xlsxwriter::XlsxError) -> ExportError {
    ExportError::Writer(error.to_string())
}
