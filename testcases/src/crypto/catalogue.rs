//! The standing of mechanisms in a public catalogue: `catalogue/crypto/<catalogue>.toml`.

use jiff::civil::Date;
use serde::Deserialize;

/// How a catalogue looks at a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Refused, or for compatibility alone.
    Disallowed,
    /// Good for a time, or for what is there already.
    Legacy,
    /// Recommended, agreed, approved.
    Recommended,
}

impl Standing {
    /// As written in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disallowed => "disallowed",
            Self::Legacy => "legacy",
            Self::Recommended => "recommended",
        }
    }
}

/// How sure we are of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// From memory or hearsay.
    Low,
    /// Likely.
    Medium,
    /// Sure.
    High,
}

/// What a catalogue says of some mechanisms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Ids of the vocabulary, or IANA names of TLS suites.
    pub mechanisms: Vec<String>,
    /// Standing.
    pub standing: Standing,
    /// Last day of a legacy standing; none: no date is set.
    #[serde(default)]
    pub until: Option<Date>,
    /// First day of a refusal; none: as long as the catalogue.
    #[serde(default)]
    pub since: Option<Date>,
    /// From this key length on, in bits.
    #[serde(default)]
    pub least_bits: Option<u32>,
    /// From so many passes on.
    #[serde(default)]
    pub least_iterations: Option<u32>,
    /// For these purposes alone; none: for every one.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Where it can be read.
    pub source: String,
    /// Date of the source, `YYYY-MM`.
    pub date: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// What else matters.
    #[serde(default)]
    pub note: Option<String>,
}

/// A catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CryptoCatalogue {
    /// What it is.
    pub about: About,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// What a catalogue is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Id, as policies name it.
    pub id: String,
    /// Title.
    pub title: String,
    /// Edition.
    pub edition: String,
    /// Date of the edition, `YYYY-MM`.
    pub date: String,
    /// When the entries were last compared with it, `YYYY-MM-DD`; none where nobody has yet.
    #[serde(default)]
    pub compared: Option<Date>,
}

/// What is asked of a catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Id of the vocabulary, or IANA name of a TLS suite.
    pub mechanism: &'a str,
    /// Key length in bits, where it is declared.
    pub bits: Option<u32>,
    /// Passes, where they are declared.
    pub iterations: Option<u32>,
    /// What it is used for.
    pub purpose: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    catalogue: About,
    entry: Vec<Entry>,
}

impl CryptoCatalogue {
    /// Reads a file.
    ///
    /// # Errors
    /// In words, what is not understood.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|fault| format!("{name}: {fault}"))?;
        Ok(Self { about: file.catalogue, entries: file.entry })
    }

    /// What it says; `None` where it does not list the mechanism for this purpose and length. Of several entries
    /// the one for the greatest length that is reached counts, and one for the purpose before one for all.
    pub fn says(&self, query: Query<'_>) -> Option<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.mechanisms.iter().any(|id| id.eq_ignore_ascii_case(query.mechanism)))
            .filter(|entry| entry.purposes.is_empty() || entry.is_for(query.purpose))
            .filter(|entry| reached(entry.least_bits, query.bits))
            .filter(|entry| reached(entry.least_iterations, query.iterations))
            .max_by_key(|entry| (!entry.purposes.is_empty(), entry.least_bits))
    }
}

impl Entry {
    /// Whether it names this purpose.
    pub fn is_for(&self, purpose: Option<&str>) -> bool {
        purpose.is_some_and(|purpose| self.purposes.iter().any(|named| named.eq_ignore_ascii_case(purpose)))
    }
}

fn reached(least: Option<u32>, declared: Option<u32>) -> bool {
    least.is_none_or(|least| declared.is_some_and(|declared| declared >= least))
}
