//! The cells of a workbook. It is the supplier's and hostile: unpacked size, sheets, rows, columns, cells and
//! merged regions are bounded, formulas count as their last value and are never computed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::layout::cell_name;
use crate::located::At;

/// Most bytes of the file.
const FILE_LIMIT: usize = 32 << 20;
/// Most bytes after unpacking, all parts together.
const UNPACKED_LIMIT: u64 = 64 << 20;
/// Most parts.
const PART_LIMIT: usize = 1000;
const SHEET_LIMIT: usize = 250;
const ROW_LIMIT: u32 = 20_000;
const COLUMN_LIMIT: u32 = 200;
const CELL_LIMIT: usize = 400_000;
/// Most bytes of text in all cells; a text that many cells share counts in each.
const TEXT_LIMIT: usize = 64 << 20;
/// Most cells that merged regions cover in rows that hold something.
const MERGED_LIMIT: usize = 400_000;

/// What a spreadsheet program takes a cell for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Text,
    /// A number without decimals.
    Whole,
    /// Any other number.
    Fraction,
    Date,
    Flag,
    /// What a failed formula shows.
    Failed,
    /// A formula that was never computed.
    Uncomputed,
}

/// A cell that is not empty.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) typed: Typed,
}

/// A region of cells merged into one; both ends belong to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged {
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
}

impl Merged {
    pub(super) fn contains(&self, row: u32, column: u32) -> bool {
        (self.first.0..=self.last.0).contains(&row) && (self.first.1..=self.last.1).contains(&column)
    }

    /// As spreadsheets write it: `B2:D2`.
    pub(super) fn name(&self) -> String {
        let of = |(row, column)| cell_name("", row, column).trim_start_matches('!').to_owned();
        format!("{}:{}", of(self.first), of(self.last))
    }
}

/// A sheet: its cells that are not empty, by row and column counted from 0.
pub(super) struct Grid {
    pub(super) name: String,
    pub(super) hidden: bool,
    cells: BTreeMap<(u32, u32), Cell>,
    merged: BTreeMap<(u32, u32), Merged>,
}

impl Grid {
    pub(super) fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.cells.get(&(row, column))
    }

    pub(super) fn text(&self, row: u32, column: u32) -> Option<&str> {
        self.cell(row, column).map(|cell| cell.text.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Rows that hold anything.
    pub(super) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        rows
    }

    /// Cells of a row that hold anything, by column.
    pub(super) fn cells_of(&self, row: u32) -> impl Iterator<Item = (u32, &Cell)> {
        self.cells.range((row, 0)..(row + 1, 0)).map(|((_, column), cell)| (*column, cell))
    }

    /// The merged region that a cell lies in, in a row that holds anything.
    pub(super) fn merged(&self, row: u32, column: u32) -> Option<&Merged> {
        self.merged.get(&(row, column))
    }

    /// The place of a cell: sheet and cell as the file, row and column as they are counted on the screen.
    pub(super) fn at(&self, row: u32, column: u32) -> At {
        At {
            file: cell_name(&self.name, row, column).into(),
            line: row + 1,
            column: column + 1,
            start: 0,
            end: 0,
        }
    }
}

/// All sheets, or in words why there are none.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, String> {
    if bytes.len() > FILE_LIMIT {
        return Err(format!("it has {} bytes, more than {FILE_LIMIT} are not read", bytes.len()));
    }
    // The container of the format before xlsx, which is also that of a workbook with a password.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(
            "it has a password, or is in the older format xls; save it without a password as xlsx".into()
        );
    }
    measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))
        .map_err(|error| format!("{error}; expected is a workbook in the format xlsx"))?;
    let sheets = workbook.sheets_metadata().to_vec();
    if sheets.len() > SHEET_LIMIT {
        return Err(format!("it has {} sheets, more than {SHEET_LIMIT} are not read", sheets.len()));
    }
    let mut grids = Vec::new();
    let mut size = Size::default();
    // A sheet of charts or macros has no cells.
    for sheet in sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let mut grid = Grid {
            hidden: sheet.visible != SheetVisible::Visible,
            name: sheet.name,
            cells: BTreeMap::new(),
            merged: BTreeMap::new(),
        };
        fill(&mut workbook, &mut grid, &mut size)?;
        grids.push(grid);
    }
    Ok(grids)
}

/// What was read so far, of all sheets.
#[derive(Default)]
struct Size {
    cells: usize,
    bytes: usize,
    merged: usize,
}

fn fill(workbook: &mut Xlsx<Cursor<&[u8]>>, grid: &mut Grid, size: &mut Size) -> Result<(), String> {
    let name = grid.name.clone();
    let Size { cells: count, bytes, merged } = size;
    let failed = |error: calamine::XlsxError| format!("sheet {name}: {error}");
    let mut reader = workbook.worksheet_cells_reader(&grid.name).map_err(failed)?;
    // Formulas are looked at for whether there are any; their texts are not expanded.
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(failed)? {
        let (row, column) = record.pos;
        let Some(cell) = cell(&record.value, record.formula.is_some()) else { continue };
        *count += 1;
        if row >= ROW_LIMIT || column >= COLUMN_LIMIT || *count > CELL_LIMIT {
            return Err(format!("{} lies beyond what is read", cell_name(&grid.name, row, column)));
        }
        *bytes += cell.text.len();
        if *bytes > TEXT_LIMIT {
            return Err(format!("its cells hold more than {TEXT_LIMIT} bytes of text"));
        }
        grid.cells.insert((row, column), cell);
    }
    drop(reader);
    let rows: BTreeSet<u32> = grid.rows().into_iter().collect();
    for region in workbook.merge_cells_by_sheet_name(&grid.name).map_err(failed)? {
        let region = Merged { first: region.start, last: region.end };
        // Only what begins at a cell that holds something says anything.
        if !grid.cells.contains_key(&region.first) || region.last.0 < region.first.0 {
            continue;
        }
        for row in rows.range(region.first.0..=region.last.0) {
            for column in region.first.1..=region.last.1.min(COLUMN_LIMIT) {
                grid.merged.insert((*row, column), region);
                *merged += 1;
                if *merged > MERGED_LIMIT {
                    return Err(format!("more than {MERGED_LIMIT} merged cells are not read"));
                }
            }
        }
    }
    Ok(())
}

/// Unpacks every part once without keeping it, so that the reader never meets more than is allowed.
fn measure(bytes: &[u8]) -> Result<(), String> {
    let not_a_workbook =
        |error: &dyn std::fmt::Display| format!("{error}; expected is a workbook in the format xlsx");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_a_workbook(&error))?;
    if archive.len() > PART_LIMIT {
        return Err(format!("it has {} parts, more than {PART_LIMIT} are not read", archive.len()));
    }
    let mut left = UNPACKED_LIMIT;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| not_a_workbook(&error))?;
        let size =
            io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|error| not_a_workbook(&error))?;
        left = left
            .checked_sub(size)
            .ok_or_else(|| format!("it unpacks to more than {UNPACKED_LIMIT} bytes"))?;
    }
    Ok(())
}

/// The cell as it is shown; `None` where it is empty or blank.
fn cell(value: &DataRef<'_>, is_formula: bool) -> Option<Cell> {
    let (text, typed) = match value {
        DataRef::Int(number) => (number.to_string(), Typed::Whole),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            (format!("{number:.0}"), Typed::Whole)
        }
        DataRef::Float(number) => (number.to_string(), Typed::Fraction),
        DataRef::String(text) => (text.clone(), Typed::Text),
        DataRef::SharedString(text) => ((*text).to_owned(), Typed::Text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), Typed::Date),
        DataRef::Bool(flag) => (if *flag { "yes" } else { "no" }.to_owned(), Typed::Flag),
        DataRef::DateTime(date) => (moment(*date), Typed::Date),
        DataRef::Error(error) => (error.to_string(), Typed::Failed),
        DataRef::Empty => (String::new(), Typed::Text),
    };
    if is_formula && text.is_empty() {
        return Some(Cell { text: "=".to_owned(), typed: Typed::Uncomputed });
    }
    (!text.trim().is_empty()).then_some(Cell { text, typed })
}

/// A day, a day with its time where there is one, or a time alone.
fn moment(date: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let days = date.as_f64();
    if date.is_duration() || days < 1.0 {
        let seconds = (days * 86_400.0).round().abs() as u64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let mut text = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) != (0, 0, 0) {
        text.push_str(&format!(" {hour:02}:{minute:02}:{second:02}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn a_time_is_not_lost_from_a_day_nor_taken_for_one() {
        let of = |days, kind| moment(ExcelDateTime::new(days, kind, false));
        assert_eq!(of(46_112.0, ExcelDateTimeType::DateTime), "2026-03-31");
        assert_eq!(of(46_112.5, ExcelDateTimeType::DateTime), "2026-03-31 12:00:00");
        assert_eq!(of(0.75, ExcelDateTimeType::DateTime), "18:00:00");
        assert_eq!(of(1.5, ExcelDateTimeType::TimeDelta), "36:00:00");
    }

    #[test]
    fn a_formula_without_a_value_is_not_an_empty_cell() {
        let seen = cell(&DataRef::Empty, true).map(|cell| cell.typed);
        assert_eq!(seen, Some(Typed::Uncomputed));
        assert!(cell(&DataRef::Empty, false).is_none());
        assert!(cell(&DataRef::String(" \n".into()), false).is_none());
    }
}
