//! A person's answer. Decisions are superseded, never edited.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::guided::Note;

/// In which function a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// At the bench.
    Operator,
    /// Judges and signs.
    Assessor,
    /// Reviews.
    Reviewer,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Answer {
    /// A number.
    Number(i64),
    /// `yes`, `no`, `cannot-tell`, an option, a text, or the path of an attachment.
    Text(String),
}

impl Answer {
    /// The text.
    pub fn as_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A decision as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Id of the prompt; `override/UNIT/ITEM…` reverses a machine verdict.
    pub prompt: String,
    /// The answer. For `override/…`: `PASS`, `FAIL` or `INCONCLUSIVE`.
    pub answer: Answer,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Who.
    #[serde(default)]
    pub person: String,
    /// In which function.
    pub role: Role,
    /// When, RFC 3339 or a date.
    #[serde(default)]
    pub date: String,
    /// Evidence references.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// What was measured, counted, found or photographed, as the procedure of the unit asks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, Note>,
    /// Digest of what the person was shown.
    #[serde(default)]
    pub facts: String,
}
