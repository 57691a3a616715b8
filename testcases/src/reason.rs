//! Why a verdict is what it is: a stable code with arguments. The words are in
//! `texts/<language>/reasons/*.toml`, so the record itself knows no language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A reason. Its words (text, expected, actual) are templates named by the code; `{name}` in them
/// is replaced by the argument `name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code in kebab-case.
    pub code: String,
    /// Arguments for the words.
    pub args: BTreeMap<String, String>,
    /// Where the expectation comes from: `declaration:…`, `catalogue:…`, `criterion`.
    pub source: Option<String>,
}

impl Reason {
    /// A reason without arguments.
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), args: BTreeMap::new(), source: None }
    }

    /// Adds an argument. Values may come from the device: they are cut at 200 characters and
    /// control characters are replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        let value: String = value
            .to_string()
            .chars()
            .take(200)
            .map(|character| if character.is_control() { '\u{fffd}' } else { character })
            .collect();
        self.args.insert(name.to_owned(), value);
        self
    }

    /// Says where the expectation comes from.
    #[must_use]
    pub fn expected_by(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}
