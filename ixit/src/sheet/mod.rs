//! Spreadsheets, because suppliers live in them: one sheet per IXIT table with the headings of the
//! standard, one for the ICS, one for the device, and back again without loss.

mod cell;
mod export;
mod import;
mod layout;
pub(crate) mod toml_text;
mod workbook;

use crate::diagnostic::Diagnostic;

pub use export::export;
pub use import::import;

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
    /// Cells that cannot be understood; the file of each place is sheet and cell, e.g. `1-AuthMech!B3`.
    #[error("{} cells of the spreadsheet cannot be understood, the first is {}: {}", .0.len(), first(.0).0, first(.0).1)]
    Cells(Vec<Diagnostic>),
}

fn first(diagnostics: &[Diagnostic]) -> (&str, &str) {
    diagnostics.first().map_or(("", ""), |diagnostic| (&diagnostic.at.file, &diagnostic.message))
}
