//! Which sheets there are and what their columns are called; the same for both directions.

use super::alike::alike;
use super::cell::CellKind;
use crate::companion;
use crate::declaration::{Dut, ExternalEvidence, Supplier};
use crate::described::{Described, Member, Shape};
use crate::edition::Edition;
use crate::table::{Field, Layout, Table, tables};
use crate::template::words;
use crate::translation::japanese;

/// Sheet of edition, device and supplier.
pub(super) const DUT: &str = "DUT";
/// Sheet of the provisions.
pub(super) const ICS: &str = "ICS";
/// Sheet of the external evidence.
pub(super) const EVIDENCE: &str = "Evidence";
/// Sheet of the tables without entries.
pub(super) const EMPTY: &str = "Empty";

/// What a column or line is about.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    /// A field of the standard.
    Field(&'static Table, &'static Field),
    /// A companion.
    Companion(&'static Table, &'static str),
    /// A key of device, supplier or evidence, with its description.
    Member(&'static str, &'static str),
    /// Something that only spreadsheets have.
    Sheet,
}

/// A column of a row table, or a line of a form: heading, key, way of writing.
#[derive(Clone)]
pub(super) struct Column {
    /// As it is written.
    pub(super) heading: String,
    /// What it may be called besides.
    pub(super) aliases: Vec<String>,
    /// Heading and aliases as [`alike`] makes them.
    pub(super) names: Vec<String>,
    pub(super) key: String,
    pub(super) kind: CellKind,
    /// Values that it takes, or proposals.
    pub(super) choices: Vec<String>,
    /// Whether it takes nothing but the choices.
    pub(super) closed: bool,
    /// Tables whose ids it takes, by key.
    pub(super) refers: Vec<String>,
    pub(super) subject: Subject,
}

impl Column {
    pub(super) fn new(heading: &str, key: &str, kind: CellKind) -> Self {
        Self {
            heading: heading.to_owned(),
            aliases: Vec::new(),
            names: vec![alike(heading)],
            key: key.to_owned(),
            kind,
            choices: Vec::new(),
            closed: false,
            refers: Vec::new(),
            subject: Subject::Sheet,
        }
    }

    fn called(mut self, aliases: &[&str]) -> Self {
        for alias in aliases {
            self.aliases.push((*alias).to_owned());
            self.names.push(alike(alias));
        }
        self
    }

    fn choosing(mut self, choices: impl IntoIterator<Item = impl Into<String>>, closed: bool) -> Self {
        self.choices = choices.into_iter().map(Into::into).collect();
        self.closed = closed;
        self
    }
}

/// Fields with the headings of the standard, then companions by their key.
pub(super) fn columns(edition: Edition, table: &'static Table) -> Vec<Column> {
    let fields = table.fields.iter().map(|field| of_field(edition, table, field));
    let companions =
        table.companions.iter().filter_map(|key| companion::description(key)).map(|description| {
            let mut column = of_shape(description.key, description.key, &description.shape);
            if let Some(tables) = referred(description.key) {
                column.kind = CellKind::Names;
                column.refers = tables.iter().map(|key| (*key).to_owned()).collect();
            }
            column.subject = Subject::Companion(table, description.key);
            column
        });
    let origin = (table.layout == Layout::Rows).then(|| {
        Column::new("origin", "origin", CellKind::Choice).choosing(crate::read::ORIGINS.to_vec(), true)
    });
    fields.chain(companions).chain(origin).collect()
}

fn of_field(edition: Edition, table: &'static Table, field: &'static Field) -> Column {
    let kind = match field.kind.as_str() {
        "id" => CellKind::Label,
        "bool" => CellKind::Flag,
        "enum" | "bool-pair" => CellKind::Choice,
        "list" => CellKind::Lines,
        "ref-list" | "enum-set" => CellKind::Names,
        "resource" => CellKind::Resource,
        _ => CellKind::Text,
    };
    let mut column = Column::new(&field.name, &field.key, kind).choosing(
        if kind == CellKind::Flag { Vec::new() } else { field.values.clone() },
        matches!(field.kind.as_str(), "enum" | "bool-pair" | "enum-set"),
    );
    if let Some(said) = japanese(edition).field(table, field) {
        column = column.called(&[&said.name]);
    }
    column.refers = field.refs.clone();
    column.subject = Subject::Field(table, field);
    column
}

/// Companions that hold ids, with the tables whose rows they name.
fn referred(companion: &str) -> Option<&'static [&'static str]> {
    match companion {
        "sources" => Some(&["user_intf", "ext_api", "com_mech", "soft_serv", "upd_mech"]),
        "serves" => Some(&["auth_mech", "com_mech", "upd_mech"]),
        "interfaces" => Some(&["intf"]),
        "part_of" => Some(&["soft_comp"]),
        _ => None,
    }
}

fn of_shape(heading: &str, key: &str, shape: &Shape) -> Column {
    let column = |kind| Column::new(heading, key, kind);
    match shape {
        Shape::Text if matches!(key, "date" | "issued" | "valid_until") => column(CellKind::Date),
        Shape::Text if matches!(key, "hardware" | "firmware" | "version" | "id") => column(CellKind::Label),
        Shape::Text => column(CellKind::Text),
        Shape::Flag => column(CellKind::Flag),
        Shape::Names(names) => column(CellKind::Choice).choosing(names.iter().copied(), true),
        Shape::List(inner) => match &**inner {
            Shape::Text if key == "covers" => column(CellKind::Names),
            Shape::Text => column(CellKind::Lines),
            Shape::Names(names) => column(CellKind::Names).choosing(names.iter().copied(), true),
            _ => column(CellKind::Toml),
        },
        _ => column(CellKind::Toml),
    }
}

/// Columns of [`ICS`]; status and title are for the reader of the sheet.
pub(super) fn ics() -> Vec<Column> {
    let support = crate::declaration::Support::ALL.iter().map(|support| support.as_str());
    vec![
        Column::new("Reference", "reference", CellKind::Label).called(&["規定番号", "参照", "provision id"]),
        Column::new("Status", "status", CellKind::Text).called(&["ステータス"]),
        Column::new("Provision", "provision", CellKind::Text).called(&["規定", "題名", "title"]),
        Column::new("Support", "support", CellKind::Choice)
            .called(&["対応", "サポート"])
            .choosing(support, true),
        Column::new("Detail", "detail", CellKind::Text).called(&["詳細", "説明", "details"]),
    ]
}

/// Columns of [`EMPTY`]; the title is for the reader of the sheet.
pub(super) fn empty() -> Vec<Column> {
    vec![
        Column::new("Table", "table", CellKind::Label).called(&["表"]),
        Column::new("Title", "title", CellKind::Text).called(&["題名"]),
        Column::new("Reason", "reason", CellKind::Text).called(&["理由"]),
    ]
}

/// Columns of [`DUT`] and of forms.
pub(super) fn entry_columns() -> Vec<Column> {
    vec![
        Column::new("Entry", "entry", CellKind::Label).called(&["項目"]),
        Column::new("Value", "value", CellKind::Text).called(&["値", "内容"]),
    ]
}

/// Columns of [`EVIDENCE`].
pub(super) fn evidence() -> Vec<Column> {
    members("", ExternalEvidence::shape(), &[])
}

/// Lines of [`DUT`]: `edition`, `dut.model`, `supplier.name` …
pub(super) fn entries() -> Vec<Column> {
    let mut entries = vec![
        Column::new("edition", "edition", CellKind::Label)
            .called(&["版"])
            .choosing(Edition::ALL.iter().map(|edition| edition.name()), false),
    ];
    let words = words::of(crate::template::Language::Ja);
    entries.extend(members("dut.", Dut::shape(), words.dut));
    entries.extend(members("supplier.", Supplier::shape(), words.supplier));
    entries
}

fn members(prefix: &str, shape: Shape, translated: &[(&str, &str)]) -> Vec<Column> {
    let Shape::Record(members) = shape else { return Vec::new() };
    members
        .into_iter()
        .map(|Member { key, shape, doc, .. }| {
            let mut column = of_shape(&format!("{prefix}{key}"), key, &shape);
            if !prefix.is_empty() {
                column = column.called(&[key]);
                // Only what is short is a heading and not a sentence.
                let said = translated.iter().find(|(name, _)| *name == key).map(|(_, text)| *text);
                let said = said.map(|text| text.trim_end_matches('。'));
                if let Some(said) = said.filter(|said| said.chars().count() <= 12) {
                    column = column.called(&[said]);
                }
            }
            column.subject = Subject::Member(key, doc);
            column
        })
        .collect()
}

/// `AuthMech` of `1-AuthMech`.
pub(super) fn short(table: &Table) -> &str {
    table.id.split_once('-').map_or(table.id.as_str(), |(_, short)| short)
}

/// The table that a text names: by id, key, short name or title, in either language.
pub(super) fn table_named(edition: Edition, text: &str) -> Option<&'static Table> {
    let wanted = alike(text);
    tables(edition).iter().find(|table| {
        let japanese = japanese(edition).table.get(&table.key).map_or("", |said| said.title.as_str());
        [table.id.as_str(), &table.key, short(table), &table.title, japanese]
            .iter()
            .any(|name| alike(name) == wanted)
    })
}

/// Sheet and cell as spreadsheets write them, counted from 0: `1-AuthMech!B3`.
pub(super) fn cell_name(sheet: &str, row: u32, column: u32) -> String {
    format!("{sheet}!{}{}", column_name(column), row + 1)
}

/// Letters of a column counted from 0: `AA` of 26.
pub(super) fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(cell_name("ICS", 0, 0), "ICS!A1");
        assert_eq!(cell_name("ICS", 9, 25), "ICS!Z10");
        assert_eq!(cell_name("ICS", 9, 26), "ICS!AA10");
        assert_eq!(cell_name("ICS", 9, 702), "ICS!AAA10");
    }

    #[test]
    fn no_two_columns_of_a_sheet_are_called_alike() {
        for edition in Edition::ALL {
            let mut sheets: Vec<Vec<Column>> = vec![ics(), empty(), entry_columns(), evidence(), entries()];
            sheets.extend(tables(*edition).iter().map(|table| columns(*edition, table)));
            for columns in sheets {
                let mut seen = HashSet::new();
                for column in columns {
                    let mut names = column.names;
                    names.sort();
                    names.dedup();
                    for name in names {
                        assert!(!name.is_empty() && seen.insert(name), "{} is not alone", column.heading);
                    }
                }
            }
        }
    }

    #[test]
    fn every_table_is_found_by_its_names_and_no_other_is() {
        for edition in Edition::ALL {
            for table in tables(*edition) {
                for name in [table.id.as_str(), &table.key, short(table), &table.title] {
                    assert_eq!(table_named(*edition, name).map(|found| &found.id), Some(&table.id), "{name}");
                }
            }
        }
    }
}
