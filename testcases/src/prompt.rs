//! A question to a person: typed, with what to look at and the criterion. It waits for ever.

use serde::{Deserialize, Serialize};

use crate::decision::Role;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Kind of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum PromptKind {
    /// Yes fulfils the unit, no does not, "cannot tell" leaves it inconclusive.
    YesNo,
    /// One of several.
    Choice {
        /// The options.
        options: Vec<String>,
    },
    /// Free text.
    Text,
    /// A number with a unit.
    Number {
        /// Unit of measurement.
        unit: String,
    },
    /// A file (photo, document) to attach.
    File,
}

/// Something shown to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What it is: a field (`auth_mech.description`), `observed`, `prejudgement`.
    pub label: String,
    /// The text.
    pub text: String,
    /// Where it comes from: `declaration:…` or `sha256:…`.
    pub source: Option<String>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Id: `UNIT/ITEM`, then `@STATE` and `#SAMPLE` where they matter; `companion/ROW`.
    pub id: String,
    /// Unit; `None` for `companion-matches-prose`.
    pub unit: Option<String>,
    /// Item.
    pub item: String,
    /// State, where it matters.
    pub state: Option<DutState>,
    /// Sample, where it matters.
    pub sample: Option<String>,
    /// Who may answer.
    pub role: Role,
    /// Kind of answer.
    #[serde(flatten)]
    pub kind: PromptKind,
    /// What is shown.
    pub shown: Vec<Shown>,
    /// What the machine thinks, for the person to confirm or not.
    pub prejudgement: Option<Verdict>,
    /// Digest of all that is shown; a decision is bound to it.
    pub facts: String,
}

impl Prompt {
    /// The id of a prompt.
    pub fn id_of(unit: &str, item: &str, state: Option<DutState>, sample: Option<&str>) -> String {
        let mut id = format!("{unit}/{item}");
        if let Some(state) = state {
            id.push('@');
            id.push_str(state.as_str());
        }
        if let Some(sample) = sample {
            id.push('#');
            id.push_str(sample);
        }
        id
    }

    /// Digest over id, kind and everything shown.
    pub fn digest(id: &str, kind: &PromptKind, shown: &[Shown]) -> String {
        probes::observation::digest(&Self::page(id, kind, shown))
    }

    /// The bytes whose digest is `facts`: what the person was shown, as JSON.
    pub fn page_shown(&self) -> Vec<u8> {
        Self::page(&self.id, &self.kind, &self.shown)
    }

    /// What a kept page showed; `None` where the bytes are none.
    pub fn shown_on(page: &[u8]) -> Option<Vec<Shown>> {
        let (_, _, shown): (String, PromptKind, Vec<Shown>) = serde_json::from_slice(page).ok()?;
        Some(shown)
    }

    fn page(id: &str, kind: &PromptKind, shown: &[Shown]) -> Vec<u8> {
        serde_json::to_vec(&(id, kind, shown)).expect("string keys only")
    }
}
