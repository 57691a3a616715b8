//! Workbook to declaration files.

use std::collections::HashSet;

use super::added;
use super::alike::Ids;
use super::cell::{provision_id, same};
use super::form::form;
use super::layout::{self, column_name};
use super::recognise::{self, Part};
use super::rows::{ids, rows};
use super::toml_text;
use super::workbook::{self, Grid};
use super::{Aside, CellComplaint, ImportError, Imported};
use crate::complaints::{Complaints, excerpt};
use crate::diagnostic::{Blame, Diagnostic};
use crate::edition::Edition;
use crate::located::At;
use crate::node::{Content, Entry, Node};
use crate::provision::{provision, provisions};
use crate::read;
use crate::table::{Layout, Table};
use crate::translation::japanese;

/// Most asides kept; a sheet with more is not read line by line any more.
const ASIDES: usize = 200;

/// What is said while a workbook is read.
pub(super) struct Reader<'c> {
    pub(super) to: &'c mut Complaints,
    /// Ids of all rows of all tables.
    pub(super) ids: Ids,
    asides: Vec<Aside>,
    /// Sheets that a report added.
    added: Vec<String>,
    /// Sheets of the declaration with a line or columns that a report added.
    beside: Vec<String>,
}

impl Reader<'_> {
    /// Notes a sheet that a report added.
    pub(super) fn added(&mut self, sheet: &str) {
        self.added.push(sheet.to_owned());
    }

    /// Notes that a report added something to a sheet of the declaration.
    pub(super) fn beside(&mut self, sheet: &str) {
        if !self.beside.iter().any(|known| known == sheet) {
            self.beside.push(sheet.to_owned());
        }
    }

    /// What a report added, in one line.
    fn results(&self) -> Option<Aside> {
        let place = self.added.first().or(self.beside.first())?.clone();
        let mut parts = Vec::new();
        if !self.added.is_empty() {
            parts.push(format!("the sheets {}", self.added.join(", ")));
        }
        if !self.beside.is_empty() {
            parts.push(format!("lines and columns of results in {} sheets", self.beside.len()));
        }
        let said = format!("The results of an assessment are not read: {}", parts.join(", and "));
        Some(Aside { place, said })
    }

    /// Notes what was made of something, once.
    pub(super) fn aside(&mut self, place: &str, said: &str) {
        let aside = Aside { place: place.to_owned(), said: said.to_owned() };
        if self.asides.len() < ASIDES && !self.asides.contains(&aside) {
            self.asides.push(aside);
        }
    }
}

/// Reads a workbook made by [`super::export`] or filled in after its pattern, and gives the texts of
/// `ics.toml` and `ixit.toml`. What is wrong in the sense of the standard (findings) is no error here;
/// `hantei check` names it.
///
/// # Errors
/// Either the file as a whole, or every cell that cannot be understood, named by sheet and cell.
pub fn import(bytes: &[u8]) -> Result<Imported, ImportError> {
    let grids = workbook::read(bytes).map_err(ImportError::Workbook)?;
    let mut to = Complaints::new(Blame::Documentation);
    let edition = edition(&grids);
    let mut reader = Reader {
        to: &mut to,
        ids: Ids::default(),
        asides: Vec::new(),
        added: Vec::new(),
        beside: Vec::new(),
    };
    let parts = recognise::parts(&grids, edition, &mut reader);
    for name in [layout::DUT, layout::ICS] {
        if !parts.iter().any(|(part, _)| part.name() == name) {
            let help = "`hantei export` writes a workbook with every sheet; copy it from there";
            reader.to.error(
                "missing-sheet",
                &At::whole_file(name),
                format!("The sheet `{name}` is missing"),
                Some(help.into()),
            );
        }
    }
    for (part, grid) in &parts {
        if let Part::Table(table) = part
            && table.layout == Layout::Rows
        {
            reader.ids.extend(ids(grid, &layout::columns(edition, table)));
        }
    }
    let (ics, ixit) = (ics(&parts, edition, &mut reader), ixit(&parts, edition, &mut reader));
    let mut asides = std::mem::take(&mut reader.asides);
    asides.extend(reader.results());
    cut(&parts, reader.to);
    read::understand_nodes(&ics, &ixit, &mut to);
    if to.has_errors() {
        let complaints = to.into_sorted().into_iter().map(|fault| complaint(fault, &grids)).collect();
        return Err(ImportError::Cells(complaints));
    }
    Ok(Imported { ics: toml_text::file(&ics), ixit: toml_text::file(&ixit), asides })
}

/// Complains of texts that a report had to cut: what is left of one is not what the supplier said.
fn cut(parts: &[(Part, &Grid)], to: &mut Complaints) {
    for (_, grid) in parts {
        let of_results: HashSet<u32> = grid
            .rows()
            .into_iter()
            .flat_map(|row| grid.cells_of(row).filter(|(_, cell)| added::is_heading(&cell.text)))
            .map(|(column, _)| column)
            .collect();
        for row in grid.rows() {
            let own = grid.cells_of(row).filter(|(column, _)| !of_results.contains(column));
            for (column, _) in own.filter(|(_, cell)| added::is_cut(&cell.text)) {
                let message = "The text was cut when the results were written, and is not whole";
                let help = "Put the whole text here, or into a document and refer to it";
                to.error("cut-text", &grid.at(row, column), message, Some(help.into()));
            }
        }
    }
}

/// A fault with what stands in its cell.
fn complaint(fault: Diagnostic, grids: &[Grid]) -> CellComplaint {
    let grid = grids.iter().find(|grid| {
        fault
            .at
            .file
            .strip_prefix(grid.name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
    });
    let place = (fault.at.line > 0).then(|| (fault.at.line - 1, fault.at.column - 1));
    let text = place.and_then(|(row, column)| grid?.text(row, column));
    CellComplaint {
        code: fault.code,
        sheet: grid.map_or_else(|| fault.at.file.to_string(), |grid| grid.name.clone()),
        cell: place.map(|(row, column)| format!("{}{}", column_name(column), row + 1)),
        found: text.map(|text| excerpt(text.trim())),
        message: fault.message,
        help: fault.help,
    }
}

/// The edition that the workbook names; where it names none that is known, the reader says so.
fn edition(grids: &[Grid]) -> Edition {
    let named = grids.iter().find_map(|grid| {
        let names = |row: &u32| grid.cells_of(*row).any(|(_, cell)| same(&cell.text, "edition"));
        let row = grid.rows().into_iter().find(names)?;
        grid.cells_of(row).find_map(|(_, cell)| cell.text.trim().parse().ok())
    });
    named.or(Edition::ALL.last().copied()).unwrap_or(Edition::En303645V2_1_1)
}

fn ics(parts: &[(Part, &Grid)], edition: Edition, reader: &mut Reader<'_>) -> Node {
    let mut entries = Vec::new();
    for (part, grid) in parts {
        match part {
            Part::Dut => {
                let read = form(grid, &layout::entries(), reader);
                for part in ["dut", "supplier"] {
                    let of_part: Vec<Entry> = read
                        .iter()
                        .filter(|(heading, _)| heading.split_once('.').is_some_and(|(name, _)| name == part))
                        .map(|(_, entry)| entry.clone())
                        .collect();
                    entries.push(table_entry(part, of_part, grid.at(0, 0)));
                }
                entries.extend(
                    read.into_iter().filter(|(heading, _)| heading == "edition").map(|(_, entry)| entry),
                );
            }
            Part::Ics => {
                let provisions = supported(grid, edition, reader);
                entries.push(table_entry("provision", provisions, grid.at(0, 0)));
            }
            Part::Evidence => {
                let items = rows(grid, &layout::evidence(), reader);
                if !items.is_empty() {
                    entries.push(entry("external_evidence", Content::List(items), grid.at(0, 0)));
                }
            }
            Part::Empty | Part::Table(_) => {}
        }
    }
    Node { content: Content::Table(entries), at: At::whole_file(layout::DUT) }
}

/// The provisions of the ICS; status and title are for the reader of the sheet.
fn supported(grid: &Grid, edition: Edition, reader: &mut Reader<'_>) -> Vec<Entry> {
    let known: Vec<&str> = provisions(edition).iter().map(|provision| provision.id.as_str()).collect();
    let mut found: Vec<Entry> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows(grid, &layout::ics(), reader) {
        let kept: Vec<Entry> = row
            .entries()
            .iter()
            .filter(|entry| matches!(entry.key.as_str(), "support" | "detail"))
            .cloned()
            .collect();
        let Some((written, at)) = row.entry("reference").and_then(|entry| match &entry.node.content {
            Content::Text(id) => Some((id.clone(), entry.key_at.clone())),
            _ => None,
        }) else {
            if !kept.is_empty() && row.entry("reference").is_none() {
                let help = "Write the id of the provision, e.g. 5.1-1, or clear the row";
                let at = &kept[0].key_at;
                reader.to.error(
                    "missing-key",
                    at,
                    "The row does not say which provision it is",
                    Some(help.into()),
                );
            }
            continue;
        };
        let id = provision_id(&written, &known).unwrap_or(written);
        told_otherwise(&row, &id, edition, reader);
        if kept.is_empty() {
            continue;
        }
        if !seen.insert(id.clone()) {
            let message = format!("Provision {id} stands here twice");
            reader.to.error("duplicate-key", &at, message, Some("Keep one of the two rows".into()));
        }
        found.push(Entry {
            key: id,
            key_at: at,
            node: Node { content: Content::Table(kept), at: row.at.clone() },
        });
    }
    found
}

/// Names a status or title that was changed: neither is read.
fn told_otherwise(row: &Node, id: &str, edition: Edition, reader: &mut Reader<'_>) {
    let Some(provision) = provision(edition, id) else { return };
    let translated = japanese(edition).provision.get(id).map_or("", String::as_str);
    for (key, said) in
        [("status", [provision.status.as_str(), ""]), ("provision", [&provision.title, translated])]
    {
        let Some(entry) = row.entry(key) else { continue };
        let Content::Text(written) = &entry.node.content else { continue };
        if !said.iter().any(|known| same(known, written)) {
            let text = format!("\"{}\" differs from what was exported and is not read", excerpt(written));
            reader.aside(&entry.key_at.file, &text);
        }
    }
}

fn ixit(parts: &[(Part, &Grid)], edition: Edition, reader: &mut Reader<'_>) -> Node {
    let mut entries = Vec::new();
    let mut reasons = None;
    for (part, grid) in parts {
        match part {
            Part::Table(table) => entries.extend(filled(table, grid, edition, reader)),
            Part::Empty => reasons = Some((without_entries(grid, edition, reader), grid.at(0, 0))),
            _ => {}
        }
    }
    // In the order of the standard, whatever that of the sheets.
    let place =
        |entry: &Entry| crate::table::table(edition, &entry.key).map_or(u8::MAX, |table| table.number);
    entries.sort_by_key(place);
    entries.extend(
        reasons
            .filter(|(reasons, _)| !reasons.is_empty())
            .map(|(reasons, at)| table_entry("empty", reasons, at)),
    );
    Node { content: Content::Table(entries), at: At::whole_file("IXIT") }
}

fn filled(table: &'static Table, grid: &Grid, edition: Edition, reader: &mut Reader<'_>) -> Option<Entry> {
    let columns = layout::columns(edition, table);
    match table.layout {
        Layout::Rows => {
            let items = rows(grid, &columns, reader);
            (!items.is_empty()).then(|| entry(&table.key, Content::List(items), grid.at(0, 0)))
        }
        Layout::Form => {
            let lines: Vec<Entry> =
                form(grid, &columns, reader).into_iter().map(|(_, entry)| entry).collect();
            (!lines.is_empty()).then(|| table_entry(&table.key, lines, grid.at(0, 0)))
        }
    }
}

/// The reasons of the tables without entries, by key.
fn without_entries(grid: &Grid, edition: Edition, reader: &mut Reader<'_>) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for row in rows(grid, &layout::empty(), reader) {
        let text = |key: &str| match row.entry(key).map(|entry| &entry.node.content) {
            Some(Content::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let Some(reason) = row.entry("reason") else { continue };
        let Some(name) = text("table").or_else(|| text("title")) else {
            let help = "Write the table, e.g. 22-ExtSens, beside its reason";
            reader.to.error("missing-key", &reason.key_at, "The reason has no table", Some(help.into()));
            continue;
        };
        let at = row.entry("table").map_or(&reason.key_at, |entry| &entry.key_at);
        let Some(table) = layout::table_named(edition, &name) else {
            let message = format!("There is no table `{}`", excerpt(&name));
            let known = crate::table::tables(edition).iter().map(|table| table.id.as_str()).collect();
            reader.to.error("unknown-key", at, message, crate::complaints::expectation(&name, known));
            continue;
        };
        if found.iter().any(|entry| entry.key == table.key) {
            let message = format!("The table {} stands here twice", table.id);
            reader.to.error("duplicate-key", at, message, Some("Keep one of the two rows".into()));
            continue;
        }
        found.push(Entry { key: table.key.clone(), ..reason.clone() });
    }
    found
}

fn table_entry(key: &str, entries: Vec<Entry>, at: At) -> Entry {
    entry(key, Content::Table(entries), at)
}

fn entry(key: &str, content: Content, at: At) -> Entry {
    Entry { key: key.to_owned(), key_at: at.clone(), node: Node { content, at } }
}
