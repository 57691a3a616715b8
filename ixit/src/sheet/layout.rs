//! Which sheets there are and what their columns are called; the same for both directions.

use super::cell::CellKind;
use crate::declaration::{Dut, ExternalEvidence, Supplier};
use crate::described::{Described, Member, Shape};
use crate::table::{Layout, Table};

/// Sheet of edition, device and supplier.
pub(super) const DUT: &str = "DUT";
/// Sheet of the provisions.
pub(super) const ICS: &str = "ICS";
/// Sheet of the external evidence.
pub(super) const EVIDENCE: &str = "Evidence";
/// Sheet of the tables without entries.
pub(super) const EMPTY: &str = "Empty";

/// Headings of [`DUT`] and of forms.
pub(super) const ENTRY_HEADINGS: &[&str] = &["Entry", "Value"];
/// Headings of [`ICS`].
pub(super) const ICS_HEADINGS: &[&str] = &["Reference", "Status", "Provision", "Support", "Detail"];
/// Headings of [`EMPTY`].
pub(super) const EMPTY_HEADINGS: &[&str] = &["Table", "Reason"];

/// A column of a row table, or a line of a form: heading, key, way of writing.
pub(super) struct Column {
    pub(super) heading: String,
    pub(super) key: String,
    pub(super) kind: CellKind,
}

/// Fields with the headings of the standard, then companions by their key.
pub(super) fn columns(table: &Table) -> Vec<Column> {
    let fields = table.fields.iter().map(|field| Column {
        heading: field.name.clone(),
        key: field.key.clone(),
        kind: CellKind::of_field(field),
    });
    let companions = table.companions.iter().map(|key| Column {
        heading: key.clone(),
        key: key.clone(),
        kind: CellKind::Toml,
    });
    let origin = (table.layout == Layout::Rows).then(|| Column {
        heading: "origin".to_owned(),
        key: "origin".to_owned(),
        kind: CellKind::Text,
    });
    fields.chain(companions).chain(origin).collect()
}

/// Columns of [`EVIDENCE`].
pub(super) fn evidence() -> Vec<Column> {
    members("", ExternalEvidence::shape())
}

/// Lines of [`DUT`], apart from the edition: `dut.model`, `supplier.name` …
pub(super) fn entries() -> Vec<Column> {
    let mut entries = members("dut.", Dut::shape());
    entries.extend(members("supplier.", Supplier::shape()));
    entries
}

fn members(prefix: &str, shape: Shape) -> Vec<Column> {
    let Shape::Record(members) = shape else { return Vec::new() };
    members
        .into_iter()
        .map(|Member { key, shape, .. }| Column {
            heading: format!("{prefix}{key}"),
            key: key.to_owned(),
            kind: CellKind::of_shape(&shape),
        })
        .collect()
}

/// Sheet and cell as spreadsheets write them, counted from 0: `1-AuthMech!B3`.
pub(super) fn cell_name(sheet: &str, row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{sheet}!{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::cell_name;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(cell_name("ICS", 0, 0), "ICS!A1");
        assert_eq!(cell_name("ICS", 9, 25), "ICS!Z10");
        assert_eq!(cell_name("ICS", 9, 26), "ICS!AA10");
        assert_eq!(cell_name("ICS", 9, 702), "ICS!AAA10");
    }
}
