//! The cells of a workbook. It is the supplier's and hostile: unpacked size, rows, columns and cells are
//! bounded, formulas count as their last value.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use super::layout::cell_name;
use crate::located::At;

/// Most bytes of the file.
const FILE_LIMIT: usize = 32 << 20;
/// Most bytes after unpacking, all parts together.
const UNPACKED_LIMIT: u64 = 64 << 20;
/// Most parts.
const PART_LIMIT: usize = 1000;
const ROW_LIMIT: u32 = 20_000;
const COLUMN_LIMIT: u32 = 200;
const CELL_LIMIT: usize = 400_000;

/// A sheet: its cells that are not empty, by row and column counted from 0.
pub(super) struct Grid {
    pub(super) name: String,
    cells: BTreeMap<(u32, u32), String>,
}

impl Grid {
    pub(super) fn text(&self, row: u32, column: u32) -> Option<&str> {
        self.cells.get(&(row, column)).map(String::as_str).filter(|text| !text.trim().is_empty())
    }

    /// Rows below the headings that hold anything.
    pub(super) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self
            .cells
            .iter()
            .filter(|((row, _), text)| *row > 0 && !text.trim().is_empty())
            .map(|((row, _), _)| *row)
            .collect();
        rows.dedup();
        rows
    }

    /// Columns of a row that hold anything, with their text.
    pub(super) fn cells_of(&self, row: u32) -> impl Iterator<Item = (u32, &str)> {
        self.cells
            .range((row, 0)..(row + 1, 0))
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|((_, column), text)| (*column, text.as_str()))
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
    measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))
        .map_err(|error| format!("{error}; expected is a workbook in the format xlsx"))?;
    let mut grids = Vec::new();
    let mut count = 0;
    for name in workbook.sheet_names() {
        let mut cells = BTreeMap::new();
        let mut reader =
            workbook.worksheet_cells_reader(&name).map_err(|error| format!("sheet {name}: {error}"))?;
        while let Some(cell) = reader.next_cell().map_err(|error| format!("sheet {name}: {error}"))? {
            let (row, column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            count += 1;
            if row >= ROW_LIMIT || column >= COLUMN_LIMIT || count > CELL_LIMIT {
                return Err(format!("{} lies beyond what is read", cell_name(&name, row, column)));
            }
            cells.insert((row, column), text);
        }
        grids.push(Grid { name, cells });
    }
    Ok(grids)
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

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // What a failed formula shows; the reader of the column will not take it.
        DataRef::Error(error) => format!("{error}"),
        DataRef::Empty => String::new(),
    }
}
