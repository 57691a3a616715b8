//! What came of applying a scheme: stored under `schemes` of an assessment.

use probes::EvidenceRef;
use serde::{Deserialize, Serialize};

use super::SchemeKind;
use crate::assessment::ReasonResult;
use crate::judge::RestsOn;
use crate::verdict::Verdict;
use ixit::Blame;

/// Format name.
pub const FORMAT: &str = "hantei.scheme-result/1";

/// A scheme, applied to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// [`FORMAT`].
    pub format: String,
    /// Name of the scheme.
    pub scheme: String,
    /// Kind.
    pub kind: SchemeKind,
    /// Version.
    pub version: String,
    /// Digest of the data of the scheme and of each that it includes, name and `sha256:…`.
    pub data: Vec<(String, String)>,
    /// Worst of the requirements, and no better than the run is complete; `None` for a mapping.
    pub verdict: Option<Verdict>,
    /// The run was complete.
    pub complete: bool,
    /// Answered from the simulated lab.
    pub demonstration: bool,
    /// Requirements, those of included schemes first.
    pub requirements: Vec<AppliedRequirement>,
    /// Last day on which a label or statement can be valid, if it were given on the assessment date, ISO 8601;
    /// `None` where the scheme sets no such day or the declaration does not tell the support period.
    pub valid_until: Option<String>,
    /// Required fields that `submission.toml` does not state.
    pub missing_fields: Vec<String>,
    /// Keys of `submission.toml` that the scheme does not know.
    pub unknown_fields: Vec<String>,
}

/// A requirement, applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppliedRequirement {
    /// Scheme that has it; the applied one or one that it includes.
    pub scheme: String,
    /// Id.
    pub id: String,
    /// Verdict; `None` for a mapping.
    pub verdict: Option<Verdict>,
    /// Of a mapping: what there is.
    pub evidence: Option<Evidence>,
    /// The way that gave the verdict, where there are several.
    pub route: Option<String>,
    /// What had to hold, of every way.
    pub needs: Vec<AppliedNeed>,
    /// Numbers in it rest on no primary source.
    pub unverified: bool,
    /// The units of this tool leave a part of it unanswered.
    pub gap: bool,
}

/// What evidence a run has for an item of a mapping. Says nothing of conformity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// All that is linked was decided, and the links answer the whole of it.
    Available,
    /// Some of it.
    Partly,
    /// Nothing is linked, or nothing of what is linked was decided.
    None,
}

/// Something that had to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppliedNeed {
    /// The way that it belongs to, where there are several.
    pub route: Option<String>,
    /// `provision`, `case`, `unit`, `check`, `evidence` or `stated`.
    pub kind: String,
    /// Its id, name or key.
    pub subject: String,
    /// Verdict.
    pub verdict: Verdict,
    /// The weakest on which it rests, where something was decided.
    pub rests_on: Option<RestsOn>,
    /// Who has to act.
    pub blame: Option<Blame>,
    /// Why.
    pub reason: ReasonResult,
    /// Evidence.
    pub evidence: Vec<EvidenceRef>,
}
