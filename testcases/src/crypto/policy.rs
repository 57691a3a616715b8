//! A policy: which catalogues decide, which standing is enough, and until when it has to last. The bench names one
//! (`[method] crypto_policy`); a run keeps all that it rests on in one text, so that it can be judged with it later.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use probes::observation::digest;
use serde::Deserialize;

use super::catalogue::{Confidence, CryptoCatalogue, Standing};
use super::pairing::LeastPairing;
use super::{broken, vocabulary, vocabulary::Vocabulary};
use crate::catalogue::Catalogue;

/// The policy where nobody names another.
pub const DEFAULT: &str = "consumer-iot";

const FOLDER: &str = "catalogue/crypto/";
const POLICIES: &str = "catalogue/crypto/policies/";

/// How many of the catalogues have to name a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Needed {
    /// One is enough, if none refuses it.
    One,
    /// Every one.
    All,
}

/// Until when a mechanism has to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GoodUntil {
    /// The end of the support period of the declaration.
    SupportPeriod,
    /// The date of the assessment.
    AssessmentDate,
}

/// What a policy does with a mechanism, whatever the catalogues say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Treat {
    /// A person is asked.
    Ask,
    /// It is refused.
    Refuse,
}

/// A rule of the policy itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Ids of the vocabulary, or IANA names of TLS suites.
    pub mechanisms: Vec<String>,
    /// What is done.
    pub treat: Treat,
    /// Why, in a sentence.
    pub why: String,
    /// Where it can be read.
    pub source: String,
    /// Date of the source, `YYYY-MM`.
    pub date: String,
}

/// What a policy says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Id, as benches name it.
    pub id: String,
    /// Title.
    pub title: String,
    /// Date.
    pub date: Date,
    /// Ids of the catalogues that decide.
    pub catalogues: Vec<String>,
    /// How many of them have to name a mechanism.
    pub needed: Needed,
    /// Least standing that is enough.
    pub enough: Standing,
    /// Entries below it decide nothing.
    pub least_confidence: Confidence,
    /// Until when a mechanism has to be good.
    pub good_until: GoodUntil,
}

/// A policy with all that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What it says of itself.
    pub terms: Terms,
    /// Its own rules.
    pub rules: Vec<Rule>,
    /// The least pairing over Bluetooth LE; none where it does not treat it, and a person decides.
    pub bluetooth_le: Option<LeastPairing>,
    /// The catalogues that decide, in its order.
    pub catalogues: Vec<CryptoCatalogue>,
    /// What mechanisms are called.
    pub vocabulary: Vocabulary,
    /// All files of it, one after the other, each below its name; runs keep this text.
    pub text: String,
    /// `sha256:…` of [`Self::text`].
    pub digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Terms,
    #[serde(default)]
    rule: Vec<Rule>,
    bluetooth_le: Option<LeastPairing>,
}

impl Policy {
    /// Every policy of this build, by id.
    pub fn all() -> &'static BTreeMap<String, Self> {
        static ALL: OnceLock<BTreeMap<String, Policy>> = OnceLock::new();
        ALL.get_or_init(|| {
            Catalogue::files(POLICIES)
                .map(|(name, text)| {
                    // The tests read every file.
                    let policy = Self::built_in(name, text).unwrap_or_else(|fault| panic!("{fault}"));
                    (policy.terms.id.clone(), policy)
                })
                .collect()
        })
    }

    /// A policy of this build by id.
    pub fn named(id: &str) -> Option<&'static Self> {
        Self::all().get(id)
    }

    /// The policy where nobody names another.
    pub fn standard() -> &'static Self {
        Self::named(DEFAULT).expect("the tests look it up")
    }

    fn built_in(name: &str, text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|fault| format!("{name}: {fault}"))?;
        let catalogues = file.policy.catalogues.iter().map(|id| format!("{FOLDER}{id}.toml"));
        let mut all = String::new();
        let others = [vocabulary::FILE.to_owned(), broken::FILE.to_owned()].into_iter();
        for wanted in [name.to_owned()].into_iter().chain(catalogues).chain(others) {
            let text = Catalogue::file(&wanted).ok_or_else(|| format!("{name}: there is no {wanted}"))?;
            all.push_str(&format!("{wanted}\n{text}"));
        }
        Self::from_text(&all)
    }

    /// The policy that such a text holds, as runs keep it.
    ///
    /// # Errors
    /// In words, what this build does not understand in it.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let files = files_in(text);
        let of = |wanted: &str| {
            files
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, text)| *text)
                .ok_or_else(|| format!("it holds no {wanted}"))
        };
        let (name, terms) = files
            .iter()
            .find(|(name, _)| name.starts_with(POLICIES))
            .ok_or_else(|| "it holds no policy".to_owned())?;
        let file: File = toml::from_str(terms).map_err(|fault| format!("{name}: {fault}"))?;
        let mut catalogues = Vec::new();
        for id in &file.policy.catalogues {
            let name = format!("{FOLDER}{id}.toml");
            catalogues.push(CryptoCatalogue::read(&name, of(&name)?)?);
        }
        Ok(Self {
            vocabulary: Vocabulary::read(of(vocabulary::FILE)?)?,
            terms: file.policy,
            rules: file.rule,
            bluetooth_le: file.bluetooth_le,
            catalogues,
            text: text.to_owned(),
            digest: digest(text.as_bytes()),
        })
    }

    /// The rule of the policy itself on a mechanism.
    pub fn rule(&self, mechanism: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.mechanisms.iter().any(|id| id.eq_ignore_ascii_case(mechanism)))
    }

    /// In one line: id and date.
    pub fn line(&self) -> String {
        format!("{} of {}", self.terms.id, self.terms.date)
    }
}

/// Files in a text, each below a line with its name.
fn files_in(text: &str) -> Vec<(&str, &str)> {
    let mut files: Vec<(&str, &str)> = Vec::new();
    let (mut name, mut start, mut at) = ("", 0, 0);
    for line in text.split_inclusive('\n') {
        let said = line.trim_end();
        if said.starts_with(FOLDER) && said.ends_with(".toml") {
            files.push((name, &text[start..at]));
            (name, start) = (said, at + line.len());
        }
        at += line.len();
    }
    files.push((name, &text[start..]));
    files
}
