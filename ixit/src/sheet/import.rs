//! Workbook to declaration files.

use std::collections::HashSet;

use super::ImportError;
use super::cell::CellKind;
use super::layout::{self, Column};
use super::toml_text;
use super::workbook::{self, Grid};
use crate::complaints::{Complaints, expectation};
use crate::diagnostic::Blame;
use crate::edition::Edition;
use crate::located::At;
use crate::node::{Content, Entry, Node};
use crate::read;
use crate::table::{Layout, tables};

/// Reads a workbook made by [`super::export`] or filled in after its pattern, and gives the texts of
/// `ics.toml` and `ixit.toml`. What is wrong in the sense of the standard (findings) is no error here;
/// `hantei check` names it.
///
/// # Errors
/// Either the file as a whole, or every cell that cannot be understood, named by sheet and cell.
pub fn import(bytes: &[u8]) -> Result<(String, String), ImportError> {
    let grids = workbook::read(bytes).map_err(ImportError::Workbook)?;
    let mut to = Complaints::new(Blame::Documentation);
    let edition = edition(&grids);
    known_sheets(&grids, edition, &mut to);
    let ics = ics(&grids, &mut to);
    let ixit = ixit(&grids, edition, &mut to);
    read::understand_nodes(&ics, &ixit, &mut to);
    if to.has_errors() {
        return Err(ImportError::Cells(to.into_sorted()));
    }
    Ok((toml_text::file(&ics), toml_text::file(&ixit)))
}

/// The edition that the workbook names; where it names none that is known, the reader says so.
fn edition(grids: &[Grid]) -> Edition {
    let named = grid(grids, layout::DUT).and_then(|grid| {
        let row = grid
            .rows()
            .into_iter()
            .find(|row| grid.text(*row, 0).is_some_and(|key| key.trim() == "edition"))?;
        grid.text(row, 1)?.trim().parse().ok()
    });
    named.or(Edition::ALL.last().copied()).unwrap_or(Edition::En303645V2_1_1)
}

fn known_sheets(grids: &[Grid], edition: Edition, to: &mut Complaints) {
    let mut known = vec![layout::DUT, layout::ICS, layout::EVIDENCE, layout::EMPTY];
    known.extend(tables(edition).iter().map(|table| table.id.as_str()));
    for grid in grids {
        if !known.iter().any(|name| name.eq_ignore_ascii_case(grid.name.trim())) {
            let message =
                format!("There is no sheet `{}` in a declaration", crate::complaints::excerpt(&grid.name));
            to.error(
                "unknown-sheet",
                &At::whole_file(&grid.name),
                message,
                expectation(&grid.name, known.clone()),
            );
        }
    }
    for name in [layout::DUT, layout::ICS] {
        if grid(grids, name).is_none() {
            to.error("missing-sheet", &At::whole_file(name), format!("The sheet `{name}` is missing"), None);
        }
    }
}

fn grid<'g>(grids: &'g [Grid], name: &str) -> Option<&'g Grid> {
    grids.iter().find(|grid| grid.name.trim().eq_ignore_ascii_case(name))
}

fn ics(grids: &[Grid], to: &mut Complaints) -> Node {
    let mut entries = Vec::new();
    if let Some(grid) = grid(grids, layout::DUT) {
        let mut lines = layout::entries();
        lines.push(Column { heading: "edition".into(), key: "edition".into(), kind: CellKind::Text });
        let read = form(grid, &lines, to);
        for part in ["dut", "supplier"] {
            let of_part: Vec<Entry> = read
                .iter()
                .filter_map(|(heading, entry)| {
                    heading.split_once('.').filter(|(name, _)| *name == part).map(|_| entry.clone())
                })
                .collect();
            entries.push(table_entry(part, of_part, grid.at(0, 0)));
        }
        entries.extend(read.into_iter().filter(|(heading, _)| heading == "edition").map(|(_, entry)| entry));
    }
    if let Some(grid) = grid(grids, layout::ICS) {
        entries.push(table_entry("provision", provisions(grid, to), grid.at(0, 0)));
    }
    if let Some(grid) = grid(grids, layout::EVIDENCE) {
        let items = rows(grid, &layout::evidence(), to);
        if !items.is_empty() {
            entries.push(entry("external_evidence", Content::List(items), grid.at(0, 0)));
        }
    }
    Node { content: Content::Table(entries), at: At::whole_file(layout::DUT) }
}

fn provisions(grid: &Grid, to: &mut Complaints) -> Vec<Entry> {
    // Status and title are for the reader of the sheet; only these three are read.
    let columns: Vec<Column> = layout::ICS_HEADINGS
        .iter()
        .map(|heading| Column {
            heading: (*heading).into(),
            key: heading.to_lowercase(),
            kind: CellKind::Text,
        })
        .collect();
    let mut found: Vec<Entry> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows(grid, &columns, to) {
        let kept: Vec<Entry> = row
            .entries()
            .iter()
            .filter(|entry| matches!(entry.key.as_str(), "support" | "detail"))
            .cloned()
            .collect();
        if kept.is_empty() {
            continue;
        }
        match row.entry("reference").map(|entry| (&entry.node.content, &entry.key_at)) {
            Some((Content::Text(id), at)) => {
                if !seen.insert(id.clone()) {
                    to.error(
                        "duplicate-key",
                        at,
                        format!("Provision {id} stands here twice"),
                        Some("Keep one of the two rows".into()),
                    );
                }
                found.push(Entry {
                    key: id.clone(),
                    key_at: at.clone(),
                    node: Node { content: Content::Table(kept), at: row.at.clone() },
                });
            }
            _ => to.missing_key(&row.at, "Reference", "the id of the provision"),
        }
    }
    found
}

fn ixit(grids: &[Grid], edition: Edition, to: &mut Complaints) -> Node {
    let mut entries = Vec::new();
    for table in tables(edition) {
        let Some(grid) = grid(grids, &table.id) else { continue };
        let columns = layout::columns(table);
        match table.layout {
            Layout::Rows => {
                let items = rows(grid, &columns, to);
                if !items.is_empty() {
                    entries.push(entry(&table.key, Content::List(items), grid.at(0, 0)));
                }
            }
            Layout::Form => {
                let lines: Vec<Entry> =
                    form(grid, &columns, to).into_iter().map(|(_, entry)| entry).collect();
                if !lines.is_empty() {
                    entries.push(table_entry(&table.key, lines, grid.at(0, 0)));
                }
            }
        }
    }
    if let Some(grid) = grid(grids, layout::EMPTY) {
        let columns: Vec<Column> = tables(edition)
            .iter()
            .map(|table| Column { heading: table.key.clone(), key: table.key.clone(), kind: CellKind::Text })
            .collect();
        let reasons: Vec<Entry> = form(grid, &columns, to).into_iter().map(|(_, entry)| entry).collect();
        if !reasons.is_empty() {
            entries.push(table_entry("empty", reasons, grid.at(0, 0)));
        }
    }
    Node { content: Content::Table(entries), at: At::whole_file("IXIT") }
}

/// Rows under headings, in whatever order the columns stand.
fn rows(grid: &Grid, columns: &[Column], to: &mut Complaints) -> Vec<Node> {
    let mut places: Vec<(u32, &Column)> = Vec::new();
    for (place, heading) in grid.cells_of(0) {
        match find(columns, heading) {
            Some(column) if places.iter().any(|(_, other)| other.key == column.key) => {
                let message = format!("The heading `{}` stands here twice", column.heading);
                to.error(
                    "duplicate-key",
                    &grid.at(0, place),
                    message,
                    Some("Keep one of the two columns".into()),
                );
            }
            Some(column) => places.push((place, column)),
            None => unknown(grid.at(0, place), heading, columns, to),
        }
    }
    let mut found = Vec::new();
    for row in grid.rows() {
        let mut entries = Vec::new();
        for (column, text) in grid.cells_of(row) {
            let at = grid.at(row, column);
            match places.iter().find(|(place, _)| *place == column) {
                Some((_, known)) => {
                    let node = known.kind.decode(text, &at, to);
                    entries.push(Entry { key: known.key.clone(), key_at: at, node });
                }
                // A cell under an unknown heading has been complained of with its heading.
                None if grid.text(0, column).is_some() => {}
                None => {
                    let message = "The cell holds something, but its column has no heading";
                    to.error(
                        "unknown-key",
                        &at,
                        message,
                        Some("Give the column a heading, or clear the cell".into()),
                    );
                }
            }
        }
        found.push(Node { content: Content::Table(entries), at: grid.at(row, 0) });
    }
    found
}

/// Lines of name and value, each with its heading.
fn form(grid: &Grid, lines: &[Column], to: &mut Complaints) -> Vec<(String, Entry)> {
    let mut found: Vec<(String, Entry)> = Vec::new();
    for row in grid.rows() {
        let (Some(name), Some(value)) = (grid.text(row, 0), grid.text(row, 1)) else {
            if grid.text(row, 0).is_none() {
                to.missing_key(&grid.at(row, 0), "Entry", "the name of what stands beside it");
            }
            continue;
        };
        let Some(line) = find(lines, name) else {
            unknown(grid.at(row, 0), name, lines, to);
            continue;
        };
        if found.iter().any(|(heading, _)| *heading == line.heading) {
            let message = format!("The entry `{}` stands here twice", line.heading);
            to.error("duplicate-key", &grid.at(row, 0), message, Some("Keep one of the two".into()));
            continue;
        }
        let at = grid.at(row, 1);
        let node = line.kind.decode(value, &at, to);
        found.push((line.heading.clone(), Entry { key: line.key.clone(), key_at: at, node }));
    }
    found
}

fn find<'c>(columns: &'c [Column], name: &str) -> Option<&'c Column> {
    let name = name.trim();
    columns
        .iter()
        .find(|column| column.heading.eq_ignore_ascii_case(name))
        .or_else(|| columns.iter().find(|column| column.key == name && !column.heading.contains('.')))
}

fn unknown(at: At, name: &str, columns: &[Column], to: &mut Complaints) {
    let known = columns.iter().map(|column| column.heading.as_str());
    to.unknown_key(&at, name.trim(), known);
}

fn table_entry(key: &str, entries: Vec<Entry>, at: At) -> Entry {
    entry(key, Content::Table(entries), at)
}

fn entry(key: &str, content: Content, at: At) -> Entry {
    Entry { key: key.to_owned(), key_at: at.clone(), node: Node { content, at } }
}
