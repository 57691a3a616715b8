//! The IXIT tables of an edition as data.

use serde::Deserialize;

use crate::edition::Edition;

/// Shape of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One row an item.
    Rows,
    /// One value a named entry.
    Form,
}

/// A table of the IXIT pro forma.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// As the standard writes it, e.g. `1-AuthMech`.
    pub id: String,
    /// Number in the pro forma.
    pub number: u8,
    /// Key in files, e.g. `auth_mech`.
    pub key: String,
    /// Shape.
    pub layout: Layout,
    /// `high`, `medium` …: how sure we are that it agrees with the standard.
    pub confidence: String,
    /// Companion keys that the table takes.
    #[serde(default)]
    pub companions: Vec<String>,
    /// Title in English.
    pub title: String,
    /// Fields in the order of the standard; `ID` first in row tables.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// A field of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Heading as in the standard, e.g. `Authentication Factor`.
    pub name: String,
    /// Key in files, e.g. `authentication_factor`.
    pub key: String,
    /// Type: `id`, `text`, `list`, `enum`, `enum-set`, `bool`, `bool-pair`, `ref-list`, `resource`, `duration`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Must be filled.
    pub required: bool,
    /// When it must be filled, in words, where `required` is false.
    #[serde(default)]
    pub filled_if: Option<String>,
    /// Values, for enumerations (and proposals for lists).
    #[serde(default, rename = "enum")]
    pub values: Vec<String>,
    /// Tables that a reference may point to, by key.
    #[serde(default)]
    pub refs: Vec<String>,
    /// Meaning in our words.
    pub meaning: String,
    /// Units of TS 103 701 that read the field, in the order of the standard.
    #[serde(default)]
    pub used_by: Vec<String>,
}

#[derive(Deserialize)]
struct Tables {
    table: Vec<Table>,
}

/// The tables of an edition, in the order of the standard.
///
/// # Panics
/// Never for a released build: the data is part of the program and read by its tests.
pub fn tables(edition: Edition) -> &'static [Table] {
    use std::sync::OnceLock;
    static V2_1_1: OnceLock<Vec<Table>> = OnceLock::new();
    match edition {
        Edition::En303645V2_1_1 => V2_1_1.get_or_init(|| {
            let text = include_str!("../tables/en303645-2.1.1.toml");
            let tables: Tables = toml::from_str(text).expect("the tables are part of the program and tested");
            tables.table
        }),
    }
}

/// A table by its key.
pub fn table(edition: Edition, key: &str) -> Option<&'static Table> {
    tables(edition).iter().find(|table| table.key == key)
}
