//! Rows under headings, in whatever order and company they stand.

use std::collections::BTreeSet;

use super::added;
use super::alike::alike;
use super::cell::same;
use super::import::Reader;
use super::layout::{Column, column_name};
use super::workbook::{Cell, Grid};
use crate::complaints::{excerpt, expectation};
use crate::node::{Content, Entry, Node};

/// Rows in which headings are looked for.
const HEAD_DEPTH: usize = 40;

/// Bytes that a heading has at most, in two languages.
const HEADING_LIMIT: usize = 300;

/// The row of the headings, and which column stands where.
pub(super) struct Head<'c> {
    pub(super) row: u32,
    pub(super) places: Vec<(u32, &'c Column)>,
}

/// The column or line that a heading means: the same text, else one like it, else one of the parts of a
/// heading in two languages.
pub(super) fn find<'c>(columns: &'c [Column], heading: &str) -> Option<&'c Column> {
    let heading = heading.trim();
    if heading.len() > HEADING_LIMIT {
        return None;
    }
    let exact = columns.iter().find(|column| column.heading == heading);
    // A line break parts two languages, a slash may also stand within a heading.
    let partings: [&[char]; 3] = [&['\n'], &['\n', '|', '(', '（', ')', '）'], &['\n', '/', '／', '|']];
    exact
        .or_else(|| like(columns, heading))
        .or_else(|| partings.iter().find_map(|parting| by_parts(columns, heading.split(*parting))))
}

/// The one column that the parts of a heading mean.
fn by_parts<'c, 't>(columns: &'c [Column], parts: impl Iterator<Item = &'t str>) -> Option<&'c Column> {
    let mut found = parts.filter_map(|part| like(columns, part));
    let first = found.next()?;
    found.all(|other| other.key == first.key).then_some(first)
}

fn like<'c>(columns: &'c [Column], heading: &str) -> Option<&'c Column> {
    let wanted = alike(heading);
    if wanted.is_empty() {
        return None;
    }
    columns.iter().find(|column| column.names.contains(&wanted))
}

/// The row that has the most headings, the first of them.
pub(super) fn head<'c>(grid: &Grid, columns: &'c [Column]) -> Option<Head<'c>> {
    let mut best: Option<Head<'c>> = None;
    for row in grid.rows().into_iter().take(HEAD_DEPTH) {
        let mut places: Vec<(u32, &Column)> = Vec::new();
        for (place, cell) in grid.cells_of(row) {
            if let Some(column) = find(columns, &cell.text)
                && !places.iter().any(|(_, other)| other.key == column.key)
            {
                places.push((place, column));
            }
        }
        if places.len() > best.as_ref().map_or(0, |best| best.places.len()) {
            best = Some(Head { row, places });
        }
    }
    best
}

/// The ids of the rows.
pub(super) fn ids(grid: &Grid, columns: &[Column]) -> Vec<String> {
    let Some(head) = head(grid, columns) else { return Vec::new() };
    let Some((place, _)) = head.places.iter().find(|(_, column)| column.key == "id") else {
        return Vec::new();
    };
    let below = grid.rows().into_iter().filter(|row| *row > head.row);
    let text = |row| grid.text(row, *place);
    below
        .filter_map(text)
        .map(|id| serde_json::from_str(id.trim()).unwrap_or_else(|_| id.trim().to_owned()))
        .collect()
}

/// Rows under headings.
pub(super) fn rows(grid: &Grid, columns: &[Column], reader: &mut Reader<'_>) -> Vec<Node> {
    let Some(head) = head(grid, columns) else {
        without_head(grid, columns, reader);
        return Vec::new();
    };
    above(grid, head.row, reader);
    let remarks = headings(grid, &head, columns, reader);
    let own_id = head.places.iter().find(|(_, column)| column.key == "id").map(|(place, _)| *place);
    let mut found = Vec::new();
    for row in grid.rows().into_iter().filter(|row| *row > head.row) {
        let is_known = |place: u32| head.places.iter().any(|(known, _)| *known == place);
        if !grid.cells_of(row).any(|(place, _)| is_known(place)) {
            continue;
        }
        if repeats(grid, row, &head) {
            reader.aside(&grid.at(row, 0).file, "The headings stand here once more; the row is not read");
            continue;
        }
        if crosses(grid, row, &head, reader) {
            continue;
        }
        let mut entries = Vec::new();
        for (place, column) in &head.places {
            let Some(cell) = grid.cell(row, *place).or_else(|| shared(grid, row, *place, column, reader))
            else {
                continue;
            };
            let at = grid.at(row, *place);
            let node = column.decode(cell, &at, &reader.ids, reader.to);
            entries.push(Entry { key: column.key.clone(), key_at: at, node });
        }
        if columns.iter().any(|column| column.key == "id") && !entries.iter().any(|entry| entry.key == "id") {
            entries.push(missing_id(grid, row, own_id, reader));
        }
        found.push(Node { content: Content::Table(entries), at: grid.at(row, own_id.unwrap_or(0)) });
    }
    strays(grid, head.row, &head, &remarks, reader);
    found
}

/// A table whose headings are nowhere.
fn without_head(grid: &Grid, columns: &[Column], reader: &mut Reader<'_>) {
    let rows = grid.rows();
    let Some(first) = rows.first().copied() else { return };
    let turned =
        rows.iter().filter(|row| grid.text(**row, 0).is_some_and(|text| find(columns, text).is_some()));
    let message = if turned.count() > 1 {
        "The headings stand below each other; they belong into one row".to_owned()
    } else {
        "No row of this sheet holds its headings".to_owned()
    };
    let known: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).take(6).collect();
    let help = format!("Put the headings into the first row: {} …", known.join(", "));
    reader.to.error("missing-headings", &grid.at(first, 0), message, Some(help));
}

/// Titles above the headings are no part of the declaration; anything more is complained of.
pub(super) fn above(grid: &Grid, head: u32, reader: &mut Reader<'_>) {
    for row in grid.rows().into_iter().filter(|row| *row < head) {
        let cells: Vec<(u32, &Cell)> = grid.cells_of(row).collect();
        for (column, cell) in &cells {
            if added::is_line(&cell.text) {
                reader.beside(&grid.name);
                continue;
            }
            let is_title = cells.len() == 1 || grid.merged(row, *column).is_some();
            let at = grid.at(row, *column);
            if is_title {
                reader.aside(
                    &at.file,
                    &format!("A title above the headings, not read: \"{}\"", excerpt(&cell.text)),
                );
            } else {
                let message =
                    format!("\"{}\" stands above the headings and is not read", excerpt(&cell.text));
                let help = "Put it into a row below the headings, or clear the cell";
                reader.to.error("unread-cell", &at, message, Some(help.into()));
            }
        }
    }
}

/// Complains of headings that mean nothing or the same; gives the columns that are remarks.
pub(super) fn headings(
    grid: &Grid,
    head: &Head<'_>,
    columns: &[Column],
    reader: &mut Reader<'_>,
) -> Vec<u32> {
    let mut aside = Vec::new();
    for (place, cell) in grid.cells_of(head.row) {
        if head.places.iter().any(|(known, _)| *known == place) {
            continue;
        }
        let heading = cell.text.trim();
        let at = grid.at(head.row, place);
        aside.push(place);
        let filled = below(grid, head.row, place);
        if added::is_heading(heading) {
            reader.beside(&grid.name);
        } else if heading.starts_with('#') {
            reader.aside(&at.file, &format!("The column `{}` is a remark", excerpt(heading)));
        } else if filled.is_empty() {
            reader.aside(&at.file, &format!("The column `{}` is empty and not read", excerpt(heading)));
        } else if let Some(column) = find(columns, heading) {
            let message = format!("The heading `{}` stands here twice", column.heading);
            reader.to.error("duplicate-key", &at, message, Some("Keep one of the two columns".into()));
        } else {
            let message = format!(
                "The heading `{}` is none of this sheet; {} below it would be lost",
                excerpt(heading),
                cells(filled.len())
            );
            let near = expectation(heading, columns.iter().map(|column| column.heading.as_str()).collect());
            let help = "to keep the column as a remark, put # before its heading";
            let help = near.map_or_else(|| format!("T{}", &help[1..]), |near| format!("{near} — {help}"));
            reader.to.error("unknown-key", &at, message, Some(help));
        }
    }
    aside
}

/// Complains of cells in columns that have no heading, once a column.
pub(super) fn strays(grid: &Grid, head: u32, known: &Head<'_>, aside: &[u32], reader: &mut Reader<'_>) {
    let mut columns = BTreeSet::new();
    for row in grid.rows().into_iter().filter(|row| *row > head) {
        columns.extend(grid.cells_of(row).map(|(column, _)| column));
    }
    for column in columns {
        if aside.contains(&column) || known.places.iter().any(|(place, _)| *place == column) {
            continue;
        }
        let filled = below(grid, head, column);
        let Some(first) = filled.first() else { continue };
        let mut message = format!(
            "Column {} has no heading, but {} of it would be lost",
            column_name(column),
            cells(filled.len())
        );
        if let Some(region) = grid.merged(head, column) {
            message.push_str(&format!("; the heading is merged over {}", region.name()));
        }
        let help = "Give the column its heading (with # before it, it is a remark), or clear the cells";
        reader.to.error("unknown-key", &grid.at(*first, column), message, Some(help.into()));
    }
}

fn below(grid: &Grid, head: u32, column: u32) -> Vec<u32> {
    grid.rows().into_iter().filter(|row| *row > head && grid.cell(*row, column).is_some()).collect()
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

/// Whether a row only says the headings again, as printed tables do on each page.
fn repeats(grid: &Grid, row: u32, head: &Head<'_>) -> bool {
    let mut count = 0;
    let all = grid.cells_of(row).all(|(place, cell)| {
        count += 1;
        grid.text(head.row, place).is_some_and(|heading| same(heading, &cell.text))
    });
    all && count > 1
}

/// Complains of a cell that is merged over several columns: it cannot be meant for all of them.
fn crosses(grid: &Grid, row: u32, head: &Head<'_>, reader: &mut Reader<'_>) -> bool {
    let mut crossed = false;
    for (place, _) in &head.places {
        let Some(region) = grid.merged(row, *place).filter(|region| region.first == (row, *place)) else {
            continue;
        };
        let over: Vec<&str> = head
            .places
            .iter()
            .filter(|(other, _)| region.contains(row, *other))
            .map(|(_, column)| column.heading.as_str())
            .collect();
        if over.len() > 1 {
            let message = format!("The cell is merged over {}: {}", region.name(), over.join(", "));
            let help = "Split the cell and fill in each column; a title within the table is to be cleared";
            reader.to.error("merged-cells", &grid.at(row, *place), message, Some(help.into()));
            crossed = true;
        }
    }
    crossed
}

/// The cell of a row above that is merged down to this one; an id is never shared.
pub(super) fn shared<'g>(
    grid: &'g Grid,
    row: u32,
    place: u32,
    column: &Column,
    reader: &mut Reader<'_>,
) -> Option<&'g Cell> {
    let region = grid.merged(row, place).filter(|region| region.first.0 < row && column.key != "id")?;
    if region.first.1 != place {
        return None;
    }
    let first = grid.at(region.first.0, region.first.1);
    reader.aside(
        &first.file,
        &format!("The cell is merged over {}; it counts for each of its rows", region.name()),
    );
    grid.cell(region.first.0, region.first.1)
}

/// Says that a row has no id; what is left in its place needs no further word.
fn missing_id(grid: &Grid, row: u32, own_id: Option<u32>, reader: &mut Reader<'_>) -> Entry {
    let at = grid.at(row, own_id.unwrap_or(0));
    let region = own_id.and_then(|place| grid.merged(row, place));
    let (message, help) = match (own_id, region) {
        (None, _) => ("The sheet has no column ID", "Add the column: a label that is unique in all tables"),
        (_, Some(_)) => (
            "The row has no ID of its own, because the one above is merged over it",
            "Split the cell and give each row its ID, or put both rows into one",
        ),
        _ => ("The row has no ID", "Write a label that is unique in all tables, or clear the row"),
    };
    reader.to.error("missing-key", &at, message, Some(help.into()));
    Entry { key: "id".into(), key_at: at.clone(), node: Node { content: Content::Broken, at } }
}
