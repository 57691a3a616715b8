//! Which sheet is which: by its name in either language, else by its headings, else by its ids.

use super::added;
use super::alike::alike;
use super::explain;
use super::import::Reader;
use super::layout::{self, Column};
use super::rows;
use super::workbook::Grid;
use crate::complaints::{excerpt, expectation};
use crate::edition::Edition;
use crate::located::At;
use crate::table::{Layout, Table, tables};

/// A part of the declaration that has a sheet of its own.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Dut,
    Ics,
    Evidence,
    Empty,
    Table(&'static Table),
}

impl Part {
    fn all(edition: Edition) -> Vec<Self> {
        let mut parts = vec![Self::Dut, Self::Ics, Self::Evidence, Self::Empty];
        parts.extend(tables(edition).iter().map(Self::Table));
        parts
    }

    /// Name of the sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dut => layout::DUT,
            Self::Ics => layout::ICS,
            Self::Evidence => layout::EVIDENCE,
            Self::Empty => layout::EMPTY,
            Self::Table(table) => &table.id,
        }
    }

    fn of_name(name: &str, edition: Edition) -> Option<Self> {
        let wanted = alike(name);
        let named = |names: &[&str]| names.iter().any(|name| alike(name) == wanted);
        if named(&[layout::DUT, "機器"]) {
            Some(Self::Dut)
        } else if named(&[layout::ICS, "実装適合宣言"]) {
            Some(Self::Ics)
        } else if named(&[layout::EVIDENCE, "external evidence", "外部証拠"]) {
            Some(Self::Evidence)
        } else if named(&[layout::EMPTY, "empty tables", "空の表"]) {
            Some(Self::Empty)
        } else {
            layout::table_named(edition, name).map(Self::Table)
        }
    }

    /// Columns of the sheet, or lines where it is a form.
    fn columns(self, edition: Edition) -> (Vec<Column>, bool) {
        match self {
            Self::Dut => (layout::entries(), true),
            Self::Ics => (layout::ics(), false),
            Self::Evidence => (layout::evidence(), false),
            Self::Empty => (layout::empty(), false),
            Self::Table(table) => (layout::columns(edition, table), table.layout == Layout::Form),
        }
    }

    /// How many columns or lines of this part the sheet has; 0 where most of its headings are others.
    fn fit(self, grid: &Grid, edition: Edition) -> usize {
        let (columns, is_form) = self.columns(edition);
        if is_form {
            let names = |column| {
                let known = |row: &u32| {
                    grid.text(*row, column).is_some_and(|name| rows::find(&columns, name).is_some())
                };
                grid.rows().iter().filter(|row| known(row)).count()
            };
            return names(0).max(names(1));
        }
        let Some(head) = rows::head(grid, &columns) else { return 0 };
        let is_own = |text: &str| !text.trim_start().starts_with('#') && !added::is_heading(text);
        let headings = grid.cells_of(head.row).filter(|(_, cell)| is_own(&cell.text));
        if head.places.len() * 2 > headings.count() { head.places.len() } else { 0 }
    }

    /// Whether the ids of the sheet begin with the short name of the table.
    fn names_ids(self, grid: &Grid, edition: Edition) -> bool {
        let Self::Table(table) = self else { return false };
        let ids = rows::ids(grid, &layout::columns(edition, table));
        let prefix = alike(layout::short(table));
        !ids.is_empty() && ids.iter().all(|id| alike(id).starts_with(&prefix))
    }
}

/// The sheets with what they are, in the order of the workbook.
pub(super) fn parts<'g>(
    grids: &'g [Grid],
    edition: Edition,
    reader: &mut Reader<'_>,
) -> Vec<(Part, &'g Grid)> {
    let mut found: Vec<(Part, &Grid)> = Vec::new();
    let mut others = Vec::new();
    for grid in grids {
        if grid.name.trim_start().starts_with('#') {
            reader.aside(&grid.name, "The sheet is a remark, because its name begins with #");
        } else if explain::is_read_me(&grid.name) {
            left_aside(grid, reader);
        } else if let Some(part) = Part::of_name(&grid.name, edition) {
            take(part, grid, &mut found, reader);
        } else if is_added(grid) {
            reader.added(&grid.name);
        } else if !grid.is_empty() {
            others.push(grid);
        }
    }
    for grid in others {
        let open: Vec<Part> = Part::all(edition)
            .into_iter()
            .filter(|part| !found.iter().any(|(taken, _)| taken.name() == part.name()))
            .collect();
        let best = likely(grid, &open, edition);
        match best[..] {
            [part] => {
                let said = format!("The sheet is read as {}, because of its headings", part.name());
                reader.aside(&grid.name, &said);
                take(part, grid, &mut found, reader);
            }
            _ => unknown(grid, &best, edition, reader),
        }
    }
    found
}

/// A sheet that a report added: its first cell says so.
fn is_added(grid: &Grid) -> bool {
    let first = grid.rows().first().and_then(|row| grid.cells_of(*row).next());
    first.is_some_and(|(_, cell)| added::is_line(&cell.text))
}

/// The parts that the headings fit best; ids decide between several.
fn likely(grid: &Grid, open: &[Part], edition: Edition) -> Vec<Part> {
    let fits: Vec<(usize, Part)> = open.iter().map(|part| (part.fit(grid, edition), *part)).collect();
    let most = fits.iter().map(|(fit, _)| *fit).max().unwrap_or(0);
    if most < 2 {
        return Vec::new();
    }
    let best: Vec<Part> = fits.into_iter().filter(|(fit, _)| *fit == most).map(|(_, part)| part).collect();
    let by_ids: Vec<Part> = best.iter().copied().filter(|part| part.names_ids(grid, edition)).collect();
    if by_ids.len() == 1 { by_ids } else { best }
}

fn take<'g>(part: Part, grid: &'g Grid, found: &mut Vec<(Part, &'g Grid)>, reader: &mut Reader<'_>) {
    if let Some((_, first)) = found.iter().find(|(taken, _)| taken.name() == part.name()) {
        if grid.is_empty() {
            return;
        }
        let message = format!("The sheets `{}` and `{}` are both {}", first.name, grid.name, part.name());
        let help = "Join them, or put # before the name of the one that is not meant";
        reader.to.error("duplicate-key", &At::whole_file(&grid.name), message, Some(help.into()));
        return;
    }
    if grid.hidden && !grid.is_empty() {
        reader.aside(&grid.name, "The sheet is hidden; it is read all the same");
    }
    found.push((part, grid));
}

fn unknown(grid: &Grid, best: &[Part], edition: Edition, reader: &mut Reader<'_>) {
    let names: Vec<&str> = Part::all(edition).iter().map(|part| part.name()).collect();
    let hidden = if grid.hidden { "hidden " } else { "" };
    let message = format!("There is no {hidden}sheet `{}` in a declaration", excerpt(&grid.name));
    let nearest = if best.is_empty() {
        expectation(&grid.name, names)
    } else {
        let fitting: Vec<String> = best.iter().map(|part| format!("`{}`", part.name())).collect();
        Some(format!("Its headings are those of {}", fitting.join(", ")))
    };
    let help = "give it the name of the table, put # before its name to keep it as a remark, or delete it";
    let help = match nearest {
        Some(nearest) => format!("{}; {help}", nearest.trim_end_matches('.')),
        None => format!("{}{}", help[..1].to_uppercase(), &help[1..]),
    };
    reader.to.error("unknown-sheet", &At::whole_file(&grid.name), message, Some(help));
}

/// The sheet of instructions is not read; what somebody wrote into it is named.
fn left_aside(grid: &Grid, reader: &mut Reader<'_>) {
    let written: Vec<String> = grid
        .rows()
        .into_iter()
        .flat_map(|row| grid.cells_of(row).map(move |(column, cell)| (row, column, cell)))
        .filter(|(.., cell)| !explain::is_said(&cell.text))
        .map(|(row, column, _)| format!("{}{}", layout::column_name(column), row + 1))
        .take(20)
        .collect();
    if !written.is_empty() {
        let said = format!(
            "The sheet of instructions is not read; it holds more than was exported: {}",
            written.join(", ")
        );
        reader.aside(&grid.name, &said);
    }
}
