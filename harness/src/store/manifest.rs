//! `run.json`: what a run is made of.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name of the file in a run folder.
pub const FILE: &str = "run.json";
/// Format that this build writes.
pub const FORMAT: &str = "hantei.run/1";
/// Newest format number that this build writes and reads.
const NUMBER: u32 = 1;

/// Tool with version, as written into records.
pub fn tool() -> String {
    format!("hantei {}", env!("CARGO_PKG_VERSION"))
}

/// What a run is made of. Everything that a judgement depends on is named here by digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`FORMAT`].
    pub format: String,
    /// Tool with version.
    pub tool: String,
    /// Edition.
    pub edition: String,
    /// Digest of the catalogue.
    pub catalogue: String,
    /// The crypto policy: its date and digest. Both are empty for a run of a build that did not write them.
    #[serde(default)]
    pub policy: NamedDigest,
    /// Digest of `plan.json`.
    pub plan: String,
    /// Declaration files with digest.
    pub declaration: Vec<NamedDigest>,
    /// Documents of the supplier with digest.
    pub documents: Vec<StoredDocument>,
    /// The bench.
    pub bench: BenchRecord,
    /// Ids of the samples, in the order of the bench.
    pub samples: Vec<String>,
    /// Further addresses of the samples that are searched beside the first, as `SAMPLE@ADDRESS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// Equipment ids.
    pub equipment: Vec<String>,
    /// Assessment date.
    pub date: Date,
    /// Who takes part.
    pub people: People,
    /// Answered from the simulated lab.
    pub demonstration: bool,
    /// Only these units (`--only`).
    pub only: Option<String>,
}

impl RunManifest {
    /// Everything that is searched over the network: the samples, and their further addresses.
    pub fn searched(&self) -> Vec<String> {
        self.samples.iter().chain(&self.further).cloned().collect()
    }
}

/// A file with its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDigest {
    /// Name.
    pub name: String,
    /// `sha256:…`.
    pub sha256: String,
}

/// A document of the supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDocument {
    /// Path below `documents/`.
    pub path: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// A copy lies in the run. Large documents are named only.
    pub copied: bool,
}

/// Which bench was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "origin")]
pub enum BenchRecord {
    /// A bench file.
    File {
        /// Where it lay.
        path: String,
        /// Digest of the file with its secrets.
        sha256: String,
    },
    /// The built-in simulated device, with all that is needed to bring the same one up again: faults,
    /// seed, addresses.
    BuiltIn {
        /// Its description.
        device: Value,
    },
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// At the bench.
    pub operator: Option<String>,
    /// Judges and signs.
    pub assessor: Option<String>,
    /// Authorizes the report.
    pub authorizer: Option<String>,
    /// No answer counts before a second person has reviewed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_person_review: bool,
}

/// Number of a `hantei.run/N` format.
pub(super) fn format_number(format: &str) -> Option<u32> {
    format.strip_prefix("hantei.run/")?.parse().ok()
}

/// Whether this build may write into a run of that format.
pub(super) fn writable(format: &str) -> bool {
    format_number(format).is_some_and(|number| number <= NUMBER)
}
