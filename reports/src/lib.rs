//! Reports: pure functions from an assessment to bytes. One module a format, texts by language.
//! Evidence is read through [`EvidenceSource`], so a report never touches a file by itself.

pub mod crosswalk;
pub mod diff;
pub mod figures;
pub mod guide;
pub mod heard;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod mud;
pub mod oscal;
pub mod pack;
pub mod sarif;
pub mod scheme;
pub mod words;
pub mod xlsx;

mod effort;
mod inert;
#[cfg(test)]
mod test_run;
mod view;

use testcases::assessment::Assessment;
use testcases::texts::Language;

/// Reads stored evidence.
pub trait EvidenceSource {
    /// Name of the stored file below the run folder and its bytes, for a `sha256:…` reference;
    /// `None` if it is not there.
    fn read(&self, reference: &str) -> Option<(String, Vec<u8>)>;

    /// File and line (counted from 1) of the declaration that a `declaration:…` reference points at; `None`
    /// where that is not known.
    fn declared_at(&self, reference: &str) -> Option<(String, u32)> {
        let _ = reference;
        None
    }
}

/// What the report says of the run besides the assessment. A missing field is printed as "not stated".
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// Name and version of the tool.
    pub tool: String,
    /// Name of the run folder.
    pub run: String,
    /// Start of the run, RFC 3339.
    pub started: Option<String>,
    /// End of the run, RFC 3339.
    pub finished: Option<String>,
    /// The laboratory.
    pub lab: ixit::bench::Lab,
    /// Equipment, one line each.
    pub equipment: Vec<String>,
    /// Samples, one line each.
    pub samples: Vec<String>,
    /// Deviations from the method.
    pub deviations: Option<String>,
    /// Decision rule.
    pub decision_rule: Option<String>,
    /// What others did for the laboratory.
    pub subcontracted: Option<String>,
    /// Opinions and interpretations.
    pub opinions: Option<String>,
    /// What names this report and no other: the number of the laboratory and a part of the digest of the record.
    pub identification: String,
    /// The supplier, with contact, as the ICS states it: the customer where the laboratory names no other.
    pub supplier: Option<String>,
    /// How the samples came in.
    pub receipts: Vec<Receipt>,
    /// Digests: name and value, e.g. `declaration/ixit.toml`.
    pub digests: Vec<(String, String)>,
    /// Limits of the lab and the tool in this run, one sentence each.
    pub limits: Vec<String>,
    /// What the device said at the capture point, and its outages.
    pub heard: heard::Heard,
    /// What is drawn from the observations.
    pub figures: figures::Figures,
    /// What was spent on the device, by probe.
    pub spent: Vec<Spent>,
    /// The run cannot vouch for itself; why.
    pub invalid: Option<String>,
    /// Label schemes that were applied to it.
    pub schemes: Vec<scheme::SchemeResult>,
    /// The report is part of a draft of a submission.
    pub draft: bool,
}

/// How a sample came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Sample.
    pub sample: String,
    /// Day, ISO 8601.
    pub received: Option<String>,
    /// Condition.
    pub condition: Option<String>,
}

/// What one probe spent on the device in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// Name of the probe.
    pub probe: String,
    /// Observations made.
    pub observations: usize,
    /// Attempts begun.
    pub attempted: u64,
    /// Attempts that came to an end.
    pub completed: u64,
    /// Seconds together.
    pub seconds: f64,
    /// Longest time of one observation that was allowed, in seconds.
    pub budget_seconds: Option<u32>,
    /// What might disturb the device, as the bench file names it, and whether the bench agreed.
    pub disturbs: Vec<(String, bool)>,
}

/// Everything that a report is made from.
pub struct ReportInput<'a> {
    /// The assessment.
    pub assessment: &'a Assessment,
    /// What the run says of itself.
    pub facts: &'a RunFacts,
    /// Language.
    pub language: Language,
    /// Evidence.
    pub evidence: &'a dyn EvidenceSource,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template and its values do not agree: a fault of this program.
    #[error("the template and its values do not agree: {0}")]
    Template(String),
    /// The values cannot be written in the format.
    #[error("the report cannot be written: {0}")]
    Write(String),
}
