//! Label schemes, laws and other baselines as data (`catalogue/schemes/*.toml`), applied to an assessment of the
//! standard: what they ask, which results of the run answer it, and what those do not answer.
//!
//! Hantei prepares a submission. Only the body of a scheme awards anything; a baseline of [`SchemeKind::Mapping`]
//! gets no verdict here, only what evidence there is.

use std::sync::OnceLock;

use ixit::Edition;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::texts::Language;
use probes::observation::digest;

pub mod applied;
mod apply;
pub mod category;
pub mod check;
mod needs;
pub mod several;
pub mod submission;
#[cfg(test)]
pub(crate) mod test_asked;
#[cfg(test)]
mod tests;

pub use applied::{Applied, AppliedNeed, AppliedRequirement, Evidence};
pub use apply::apply;
pub use check::{Asked, Check, Checked};

/// Folder of the data files.
pub const FOLDER: &str = "catalogue/schemes/";
/// Format of the data files.
pub const FORMAT: &str = "hantei.scheme/1";

/// A scheme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// [`FORMAT`].
    pub format: String,
    /// Name, in kebab-case; the same as that of the file.
    pub name: String,
    /// Whether it gets a verdict.
    pub kind: SchemeKind,
    /// Title.
    pub title: Words,
    /// Who alone awards, or enforces.
    pub body: Words,
    /// What a result of ours is, and is not, in a sentence or two.
    pub standing: Words,
    /// Short name of the edition that it is applied to, such as `en303645-2.1.1`.
    pub edition: String,
    /// Version, as its publisher names it.
    pub version: String,
    /// Date of that version, ISO 8601.
    pub date: String,
    /// How sure we are of the whole: `high`, `medium`, `low`.
    pub confidence: String,
    /// Its level, where it is one of several.
    #[serde(default)]
    pub level: Option<u8>,
    /// Product category, where it is for one alone.
    #[serde(default)]
    pub category: Option<Words>,
    /// Schemes whose requirements are part of this one, such as lower levels.
    #[serde(default)]
    pub includes: Vec<String>,
    /// How long a label or a statement holds.
    #[serde(default)]
    pub validity: Option<Validity>,
    /// Where the facts stand.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// What is asked.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// What the supplier states in `submission.toml` under the name of the scheme.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// What is handed in; `hantei pack` fills it.
    #[serde(default, rename = "document")]
    pub documents: Vec<Document>,
    /// Labels of others that are recognised, for information.
    #[serde(default, rename = "recognition")]
    pub recognitions: Vec<Recognition>,
    /// Digest of the file, `sha256:…`.
    #[serde(skip)]
    pub digest: String,
}

/// Whether a scheme gets a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeKind {
    /// Requirements pass or fail.
    Verdict,
    /// Only what evidence there is, with the gaps.
    Mapping,
}

/// Words in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl Words {
    /// In a language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Ja => &self.ja,
        }
    }
}

/// Where facts stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id in this file.
    pub id: String,
    /// Title and number.
    pub title: String,
    /// Date, ISO 8601, as far as it is known.
    pub date: String,
    /// Where it is published.
    #[serde(default)]
    pub url: Option<String>,
    /// How it was read: `primary` (the publication itself), `secondary` (what others say of it), `memory`.
    pub read: String,
    /// How sure we are of what is taken from it: `high`, `medium`, `low`.
    pub confidence: String,
}

/// How long a label or a statement holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// Years at most.
    #[serde(default)]
    pub years: Option<u8>,
    /// Not beyond the support period.
    #[serde(default)]
    pub within_support_period: bool,
    /// Id of the source.
    pub source: String,
}

/// One thing that is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Id as the publisher has it, or in its manner.
    pub id: String,
    /// Title.
    pub title: Words,
    /// What is asked, in our words.
    pub asks: Words,
    /// Id of the source.
    pub source: String,
    /// Place in the source, such as `Schedule 1, paragraph 2`.
    pub place: String,
    /// How sure we are: `high`, `medium`, `low`.
    pub confidence: String,
    /// Numbers and facts in it that rest on no primary source.
    #[serde(default)]
    pub unverified: Vec<Words>,
    /// What the units of this tool do not answer.
    #[serde(default)]
    pub gap: Option<Words>,
    /// How the publisher has it evaluated: `document`, `test`, `both`.
    #[serde(default)]
    pub method: Option<String>,
    /// Of a mapping: how much of it the needs answer at best, `full`, `partly` or `none`.
    #[serde(default)]
    pub answered: Option<String>,
    /// N/A here means that the scheme as a whole does not concern the device.
    #[serde(default)]
    pub screen: bool,
    /// What has to hold; for one way alone.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Several ways, of which one is enough; instead of `needs`.
    #[serde(default, rename = "route")]
    pub routes: Vec<Route>,
}

/// A way to meet a requirement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Words,
    /// What has to hold, all of it.
    pub needs: Vec<Need>,
}

/// What has to hold. Exactly one of `provision`, `case`, `unit`, `check`, `evidence` and `stated` is there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The verdict of a provision. A recommendation that is not claimed does not meet it.
    #[serde(default)]
    pub provision: Option<String>,
    /// The verdict of a test case.
    #[serde(default)]
    pub case: Option<String>,
    /// The verdict of a test unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// A check of the scheme's own (`src/scheme/checks/`).
    #[serde(default)]
    pub check: Option<String>,
    /// Parameters of the check.
    #[serde(default)]
    pub with: toml::Table,
    /// External evidence that covers `scheme:requirement`: what it is, such as `binary-analysis`.
    #[serde(default)]
    pub evidence: Option<String>,
    /// The evidence has to name the digest of the firmware that is assessed.
    #[serde(default)]
    pub bound_to_firmware: bool,
    /// A key that the supplier states in `submission.toml`.
    #[serde(default)]
    pub stated: Option<String>,
    /// Why this answers the requirement, for mappings.
    #[serde(default)]
    pub rationale: Option<Words>,
    /// How sure we are that it does: `high`, `medium`, `low`.
    #[serde(default)]
    pub confidence: Option<String>,
}

/// What the supplier states.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key.
    pub key: String,
    /// What it is.
    pub title: Words,
    /// `text`, `texts`, `date`, `flag` or `address` (of a page).
    pub kind: String,
    /// The submission is not complete without it.
    #[serde(default)]
    pub required: bool,
}

/// What is handed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Id; also the name of its template.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Id of the source that asks for it.
    pub source: String,
}

/// A label of others that is recognised.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// The other label.
    pub label: Words,
    /// What it counts as.
    pub counts_as: Words,
    /// Id of the source.
    pub source: String,
    /// Since when, ISO 8601, as far as it is known.
    pub since: String,
}

/// Every scheme, by name.
///
/// # Panics
/// Never for a released build: the data is part of the program and checked by its tests.
pub fn schemes() -> &'static [Scheme] {
    static SCHEMES: OnceLock<Vec<Scheme>> = OnceLock::new();
    SCHEMES.get_or_init(|| {
        let read = |(name, text): (&str, &str)| read(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let mut all: Vec<Scheme> = Catalogue::files(FOLDER).map(read).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    })
}

/// A scheme by name.
pub fn scheme(name: &str) -> Option<&'static Scheme> {
    schemes().iter().find(|scheme| scheme.name == name)
}

/// Reads the text of a data file.
///
/// # Errors
/// It is no TOML, has unknown keys, or is of another format.
pub fn read(text: &str) -> Result<Scheme, String> {
    let mut scheme: Scheme = toml::from_str(text).map_err(|error| error.to_string())?;
    if scheme.format != FORMAT {
        return Err(format!("the format is \"{}\", expected {FORMAT}", scheme.format));
    }
    scheme.digest = digest(text.as_bytes());
    Ok(scheme)
}

impl Scheme {
    /// Whether it is applied to assessments of this edition.
    pub fn is_of(&self, edition: Edition) -> bool {
        self.edition == edition.short()
    }

    /// Schemes whose requirements count, included ones first, this one last.
    pub fn cumulated(&self) -> Vec<&Scheme> {
        let mut all: Vec<&Scheme> = Vec::new();
        for included in self.includes.iter().filter_map(|name| scheme(name)) {
            for one in included.cumulated() {
                if all.iter().all(|known| known.name != one.name) {
                    all.push(one);
                }
            }
        }
        all.push(self);
        all
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

impl Requirement {
    /// The ways to meet it; one without a name where there is one alone.
    pub fn ways(&self) -> Vec<(Option<&Route>, &[Need])> {
        if self.routes.is_empty() {
            return vec![(None, self.needs.as_slice())];
        }
        self.routes.iter().map(|route| (Some(route), route.needs.as_slice())).collect()
    }
}
