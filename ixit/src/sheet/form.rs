//! Forms: lines of name and value, each with its heading.

use super::import::Reader;
use super::layout::{Column, entry_columns};
use super::rows::{self, Head, above, find, headings, shared, strays};
use super::workbook::{Cell, Grid};
use crate::complaints::{excerpt, expectation};
use crate::node::Entry;

/// The lines that hold a value; a form whose names stand in one row is read as well.
pub(super) fn form(grid: &Grid, lines: &[Column], reader: &mut Reader<'_>) -> Vec<(String, Entry)> {
    let heads = entry_columns();
    let head = rows::head(grid, &heads).filter(|head| head.places.len() == heads.len());
    let Some(head) = head else {
        if let Some(across) = rows::head(grid, lines).filter(|across| across.places.len() > 1) {
            return form_across(grid, across, lines, reader);
        }
        let columns = [(0, &heads[0]), (1, &heads[1])];
        let first = Head { row: 0, places: columns.to_vec() };
        // Without headings the first row counts as well.
        return form_below(grid, lines, &first, grid.rows(), &[], reader);
    };
    above(grid, head.row, reader);
    let remarks = headings(grid, &head, &heads, reader);
    let below = grid.rows().into_iter().filter(|row| *row > head.row).collect();
    form_below(grid, lines, &head, below, &remarks, reader)
}

fn form_below(
    grid: &Grid,
    lines: &[Column],
    head: &Head<'_>,
    rows: Vec<u32>,
    remarks: &[u32],
    reader: &mut Reader<'_>,
) -> Vec<(String, Entry)> {
    let (first, second) = (head.places[0], head.places[1]);
    let ((names, _), (values, value_column)) =
        if first.1.key == "entry" { (first, second) } else { (second, first) };
    let mut found: Vec<(String, Entry)> = Vec::new();
    for row in rows {
        let own = grid.cell(row, values);
        let value = own.or_else(|| shared(grid, row, values, value_column, reader));
        match (grid.text(row, names), value) {
            (Some(name), Some(value)) => {
                line(grid, lines, (row, names, name), (values, value), &mut found, reader)
            }
            (None, Some(_)) if own.is_some() => {
                let help = "Write the name of the entry beside it, or clear the cell";
                reader.to.error(
                    "missing-key",
                    &grid.at(row, values),
                    "The value has no name",
                    Some(help.into()),
                );
            }
            (Some(name), None) if find(lines, name).is_none() => {
                let said = format!("A line without a value, not read: \"{}\"", excerpt(name));
                reader.aside(&grid.at(row, names).file, &said);
            }
            _ => {}
        }
    }
    strays(grid, head.row, head, remarks, reader);
    found
}

/// A form with its names in one row and its values in the next.
fn form_across(
    grid: &Grid,
    head: Head<'_>,
    lines: &[Column],
    reader: &mut Reader<'_>,
) -> Vec<(String, Entry)> {
    above(grid, head.row, reader);
    let remarks = headings(grid, &head, lines, reader);
    let below: Vec<u32> = grid.rows().into_iter().filter(|row| *row > head.row).collect();
    for row in below.iter().skip(1) {
        let message = "A form has one value for each entry, this is a second row of them";
        let help = "Keep one row, and clear the others";
        reader.to.error("duplicate-key", &grid.at(*row, head.places[0].0), message, Some(help.into()));
    }
    let mut found = Vec::new();
    if let Some(row) = below.first() {
        for (place, column) in &head.places {
            if let Some(cell) = grid.cell(*row, *place) {
                line(grid, lines, (*row, *place, &column.heading), (*place, cell), &mut found, reader);
            }
        }
    }
    strays(grid, head.row, &head, &remarks, reader);
    found
}

/// One line of a form.
fn line(
    grid: &Grid,
    lines: &[Column],
    (row, names, name): (u32, u32, &str),
    (values, value): (u32, &Cell),
    found: &mut Vec<(String, Entry)>,
    reader: &mut Reader<'_>,
) {
    let Some(line) = find(lines, name) else {
        let message =
            format!("There is no entry `{}` here, and its value would be lost", excerpt(name.trim()));
        let near = expectation(name.trim(), lines.iter().map(|line| line.heading.as_str()).collect());
        reader.to.error("unknown-key", &grid.at(row, names), message, near);
        return;
    };
    if found.iter().any(|(heading, _)| *heading == line.heading) {
        let message = format!("The entry `{}` stands here twice", line.heading);
        reader.to.error("duplicate-key", &grid.at(row, names), message, Some("Keep one of the two".into()));
        return;
    }
    let at = grid.at(row, values);
    let node = line.decode(value, &at, &reader.ids, reader.to);
    found.push((line.heading.clone(), Entry { key: line.key.clone(), key_at: at, node }));
}
