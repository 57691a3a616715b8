//! The Japanese texts of tables, fields, companions and provisions; the English ones stand in the tables.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::edition::Edition;
use crate::table::{Field, Table};

/// Japanese texts of an edition.
#[derive(Clone, Debug)]
pub struct Translation {
    /// Titles of provisions, by id.
    pub provision: BTreeMap<String, String>,
    /// When a field is filled, by the English words.
    pub condition: BTreeMap<String, String>,
    /// Meanings of companions, by key.
    pub companion: BTreeMap<String, String>,
    /// Tables, by key.
    pub table: BTreeMap<String, TableTranslation>,
}

/// Japanese texts of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableTranslation {
    /// Title.
    pub title: String,
    /// Fields, by key.
    pub field: BTreeMap<String, FieldTranslation>,
}

/// Japanese texts of a field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTranslation {
    /// Heading.
    pub name: String,
    /// Meaning.
    pub meaning: String,
}

impl Translation {
    /// A field of a table; `None` where there is no text for it.
    pub fn field(&self, table: &Table, field: &Field) -> Option<&FieldTranslation> {
        self.table.get(&table.key)?.field.get(&field.key)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    provision: BTreeMap<String, String>,
    condition: BTreeMap<String, String>,
    companion: BTreeMap<String, String>,
}

/// The Japanese texts of an edition.
///
/// # Panics
/// Never for a released build: the data is part of the program and read by its tests.
pub fn japanese(edition: Edition) -> &'static Translation {
    static V2_1_1: OnceLock<Translation> = OnceLock::new();
    match edition {
        Edition::En303645V2_1_1 => V2_1_1.get_or_init(|| {
            const SOUND: &str = "the texts are part of the program and tested";
            let words: Words = toml::from_str(include_str!("../tables/en303645-2.1.1.ja.toml")).expect(SOUND);
            let table = toml::from_str(include_str!("../tables/ja.toml")).expect(SOUND);
            Translation {
                provision: words.provision,
                condition: words.condition,
                companion: words.companion,
                table,
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companion::Companions;
    use crate::provision::provisions;
    use crate::table::tables;

    #[test]
    fn everything_has_a_japanese_text() {
        for edition in Edition::ALL {
            let japanese = japanese(*edition);
            for provision in provisions(*edition) {
                assert!(japanese.provision.contains_key(&provision.id), "{}", provision.id);
            }
            for key in Companions::KEYS {
                assert!(japanese.companion.contains_key(*key), "{key}");
            }
            for table in tables(*edition) {
                assert!(japanese.table.contains_key(&table.key), "{}", table.key);
                for field in &table.fields {
                    assert!(japanese.field(table, field).is_some(), "{} of {}", field.key, table.key);
                    let condition = field.filled_if.as_ref();
                    assert!(
                        condition.is_none_or(|when| japanese.condition.contains_key(when)),
                        "{condition:?}"
                    );
                }
            }
        }
    }
}
