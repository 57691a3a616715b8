//! Spreadsheets, because suppliers live in them: one sheet per IXIT table with the headings of the
//! standard, one for the ICS, one for the device, and back again without loss.
//!
//! What comes back from a supplier is read with patience where there is no doubt (order, wide letters,
//! renamed sheets, merged cells) and refused with the cell and what to do where there is. Nothing that
//! stands in a cell is dropped in silence: it is read, complained of, or named among what was left aside.

mod added;
mod alike;
mod cell;
mod companion_cell;
mod explain;
mod export;
mod form;
mod import;
mod layout;
mod page;
mod recognise;
mod rows;
pub(crate) mod toml_text;
mod workbook;

#[cfg(test)]
mod round_trip;

pub use added::{Added, AddedCell, AddedColumn, AddedColumns, AddedSheet, Look};
pub use export::{export, export_with};
pub use import::import;

/// What a spreadsheet says, as the texts of the declaration files.
#[derive(Clone, Debug)]
pub struct Imported {
    /// `ics.toml`.
    pub ics: String,
    /// `ixit.toml`.
    pub ixit: String,
    /// What was understood otherwise than it stands there, or not read as part of the declaration.
    pub asides: Vec<Aside>,
}

/// Something that a person should know of, although it kept nothing from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Sheet, or sheet and cell, e.g. `1-AuthMech!B3`.
    pub place: String,
    /// What was made of it, one sentence.
    pub said: String,
}

/// A cell, or a sheet, that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellComplaint {
    /// Stable code, in kebab-case, e.g. `unknown-key`.
    pub code: String,
    /// The sheet.
    pub sheet: String,
    /// The cell as spreadsheets write it, e.g. `B3`; `None` where the whole sheet is meant.
    pub cell: Option<String>,
    /// What stands there, shortened.
    pub found: Option<String>,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl CellComplaint {
    /// Sheet and cell, e.g. `1-AuthMech!B3`.
    pub fn place(&self) -> String {
        match &self.cell {
            Some(cell) => format!("{}!{cell}", self.sheet),
            None => self.sheet.clone(),
        }
    }
}

/// Why a declaration cannot be written as a spreadsheet.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A text is longer than a cell can hold.
    #[error(
        "the text for cell {cell} has {length} characters, a spreadsheet cell holds 32767; move it to documents/ and refer to it"
    )]
    TooLong {
        /// Sheet and cell, e.g. `1-AuthMech!B3`.
        cell: String,
        /// Length in characters.
        length: usize,
    },
    /// The file could not be put together.
    #[error("the spreadsheet cannot be written: {0}")]
    Writer(String),
}

/// Why a spreadsheet cannot be read as a declaration.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no workbook, or larger than is read.
    #[error("the file cannot be read as a spreadsheet: {0}")]
    Workbook(String),
    /// Everything in it that cannot be understood, by sheet and cell.
    #[error("{} of the spreadsheet cannot be understood", counted(.0.len()))]
    Cells(Vec<CellComplaint>),
}

fn counted(places: usize) -> String {
    if places == 1 { "1 place".to_owned() } else { format!("{places} places") }
}
