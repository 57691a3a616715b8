//! What is wrong with a declaration, where, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::located::At;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Wrong in the sense of the standard; becomes a unit's verdict and does not stop a run.
    Finding,
    /// Cannot be understood; nothing is started.
    Error,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The device does not do what it should.
    Device,
    /// The supplier's documents are wrong or incomplete.
    Documentation,
    /// Found, but not declared: the device or its documents are wrong.
    DeviceOrDocumentation,
    /// The lab: its bench, its tools, its limits.
    Lab,
}

/// One fault of a declaration. Sorted by file and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable code, in kebab-case, e.g. `unknown-key`, `dangling-reference`.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// Who has to act.
    pub blame: Blame,
    /// Where.
    pub at: At,
    /// What is wrong, one sentence, sentence case, no full stop needed by the printer.
    pub message: String,
    /// What to do: expectation or nearest valid name.
    pub help: Option<String>,
    /// Provision concerned, e.g. `5.1-1`.
    pub provision: Option<String>,
    /// Unit whose verdict the finding becomes, e.g. `5.4-1-1:d`.
    pub unit: Option<String>,
}
