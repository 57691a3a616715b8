//! Words of the reports by language, and the words of the standard beside them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use testcases::assessment::ReasonResult;
use testcases::reason::Reason;
use testcases::texts::{Language, Texts};

/// Words of one language.
#[derive(Debug)]
pub struct Words {
    /// Language.
    pub language: Language,
    ui: BTreeMap<String, String>,
    texts: &'static Texts,
}

/// A reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonWords {
    /// In one sentence.
    pub text: String,
    /// What was expected.
    pub expected: Option<String>,
    /// What was seen.
    pub actual: Option<String>,
}

impl Words {
    /// The words of a language.
    ///
    /// # Panics
    /// Never for a released build: the files are part of the program and tested.
    pub fn of(language: Language) -> &'static Self {
        static EN: OnceLock<Words> = OnceLock::new();
        static JA: OnceLock<Words> = OnceLock::new();
        let (cell, texts) = match language {
            Language::En => (
                &EN,
                [
                    include_str!("../texts/en.toml"),
                    include_str!("../texts/schemes.en.toml"),
                    include_str!("../texts/guides.en.toml"),
                    include_str!("../texts/guide_page.en.toml"),
                ],
            ),
            Language::Ja => (
                &JA,
                [
                    include_str!("../texts/ja.toml"),
                    include_str!("../texts/schemes.ja.toml"),
                    include_str!("../texts/guides.ja.toml"),
                    include_str!("../texts/guide_page.ja.toml"),
                ],
            ),
        };
        let read = |text| toml::from_str::<BTreeMap<String, String>>(text);
        cell.get_or_init(|| Words {
            language,
            ui: texts
                .into_iter()
                .flat_map(|text| read(text).expect("part of the program and tested"))
                .collect(),
            texts: Texts::of(language),
        })
    }

    /// A phrase of the report by key; the key itself where there is none.
    pub fn ui<'a>(&'a self, key: &'a str) -> &'a str {
        self.ui.get(key).map_or(key, String::as_str)
    }

    /// All phrases, for templates.
    pub fn phrases(&self) -> &BTreeMap<String, String> {
        &self.ui
    }

    /// Words of the standard.
    pub fn texts(&self) -> &'static Texts {
        self.texts
    }

    /// Title of a provision.
    pub fn provision_title(&self, id: &str) -> &'static str {
        self.texts.provisions.get(id).map_or("", |words| words.title.as_str())
    }

    /// A version as its publisher names it; where the data say that it is unknown, so in words.
    pub fn version<'a>(&'a self, version: &'a str) -> &'a str {
        if version == "unknown" { self.ui("guide-version-unknown") } else { version }
    }

    /// Why something was not planned.
    pub fn why(&self, code: &str) -> String {
        self.ui.get(&format!("why-{code}")).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// A reason in this language, made again from code and arguments.
    pub fn reason(&self, reason: &ReasonResult) -> ReasonWords {
        if !self.texts.reasons.contains_key(&reason.code) {
            return ReasonWords {
                text: reason.text.clone(),
                expected: reason.expected.as_ref().map(|expected| expected.text.clone()),
                actual: reason.actual.as_ref().map(|actual| actual.text.clone()),
            };
        }
        let args =
            reason.args.iter().map(|(name, value)| (name.clone(), self.argument(name, value))).collect();
        let plain = Reason { code: reason.code.clone(), args, source: None };
        let (text, expected, actual) = self.texts.reason(&plain);
        ReasonWords { text, expected, actual }
    }

    /// An argument of a reason in words, where it is one of our own names: a state of the device, or
    /// a value that has the phrase `arg-NAME-VALUE`. Everything else is shown as it is.
    fn argument(&self, name: &str, value: &str) -> String {
        let said = |one: &str| {
            let key =
                if name.starts_with("state") { format!("state-{one}") } else { format!("arg-{name}-{one}") };
            self.ui.get(&key).cloned().unwrap_or_else(|| one.to_owned())
        };
        if name.starts_with("state") {
            return value.split(", ").map(said).collect::<Vec<_>>().join(", ");
        }
        said(value)
    }
}
