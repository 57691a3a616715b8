//! Words, by language: English and Japanese.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalogue::Catalogue;
use crate::guided::ProcedureText;
use crate::reason::Reason;

/// A language of texts and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// Every language.
    pub const ALL: &[Language] = &[Language::En, Language::Ja];

    /// Code, as in `--lang`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }
}

/// All words of one language.
#[derive(Debug, Default)]
pub struct Texts {
    /// By provision id.
    pub provisions: BTreeMap<String, ProvisionText>,
    /// By condition number.
    pub conditions: BTreeMap<String, ConditionText>,
    /// Titles by scenario id.
    pub scenarios: BTreeMap<String, String>,
    /// By group id.
    pub groups: BTreeMap<String, GroupText>,
    /// By case id.
    pub cases: BTreeMap<String, CaseText>,
    /// By unit id.
    pub units: BTreeMap<String, UnitText>,
    /// By reason code.
    pub reasons: BTreeMap<String, ReasonText>,
    /// Procedures by unit id.
    pub procedures: BTreeMap<String, ProcedureText>,
    /// Equipment of procedures by name.
    pub equipment: BTreeMap<String, String>,
}

/// Words of a provision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisionText {
    /// Title.
    pub title: String,
    /// What it asks, in our words.
    pub text: String,
}

/// Words of a condition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionText {
    /// The condition.
    pub text: String,
}

/// Words of a group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupText {
    /// Title.
    pub title: String,
    /// Objective.
    pub objective: String,
}

/// Words of a case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseText {
    /// Purpose.
    pub purpose: String,
    /// What is easily got wrong.
    #[serde(default)]
    pub quirk: Option<String>,
    /// Pass conditions by name (`c1` …).
    pub condition: BTreeMap<String, String>,
}

/// Words of a unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitText {
    /// The step.
    pub step: String,
    /// What it is applied to.
    #[serde(default)]
    pub selection: Option<String>,
    /// What a person looks at.
    #[serde(default, alias = "how")]
    pub look_at: String,
    /// Question whose "yes" fulfils the unit.
    #[serde(default)]
    pub question: String,
}

/// Words of a reason: templates with `{argument}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonText {
    /// The reason in one sentence.
    pub text: String,
    /// What was expected.
    #[serde(default)]
    pub expected: Option<String>,
    /// What was seen.
    #[serde(default)]
    pub actual: Option<String>,
}

#[derive(Deserialize)]
struct ProvisionTexts {
    condition: BTreeMap<String, ConditionText>,
    provision: BTreeMap<String, ProvisionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureTexts {
    #[serde(default)]
    equipment: BTreeMap<String, String>,
    #[serde(default)]
    procedure: BTreeMap<String, ProcedureText>,
}

#[derive(Deserialize)]
struct ScenarioText {
    title: String,
}

#[derive(Deserialize)]
struct ScenarioTexts {
    scenario: ScenarioText,
    group: BTreeMap<String, GroupText>,
    case: BTreeMap<String, CaseText>,
    unit: BTreeMap<String, UnitText>,
}

impl Texts {
    /// The words of a language.
    ///
    /// # Panics
    /// Never for a released build: the data is part of the program and checked by its tests.
    pub fn of(language: Language) -> &'static Self {
        static EN: OnceLock<Texts> = OnceLock::new();
        static JA: OnceLock<Texts> = OnceLock::new();
        let cell = match language {
            Language::En => &EN,
            Language::Ja => &JA,
        };
        cell.get_or_init(|| Self::load(language).unwrap_or_else(|fault| panic!("texts: {fault}")))
    }

    /// The three sentences of a reason: text, expected, actual. An unknown code is shown as it is.
    pub fn reason(&self, reason: &Reason) -> (String, Option<String>, Option<String>) {
        match self.reasons.get(&reason.code) {
            None => (reason.code.clone(), None, None),
            Some(words) => (
                fill(&words.text, &reason.args),
                words.expected.as_deref().map(|template| fill(template, &reason.args)),
                words.actual.as_deref().map(|template| fill(template, &reason.args)),
            ),
        }
    }

    fn load(language: Language) -> Result<Self, String> {
        let mut texts = Self::default();
        let root = format!("texts/{}/", language.code());
        for (name, text) in Catalogue::files(&root) {
            let wrong = |error: toml::de::Error| format!("{name}: {error}");
            let rest = &name[root.len()..];
            if rest == "provisions.toml" {
                let file: ProvisionTexts = toml::from_str(text).map_err(wrong)?;
                texts.conditions = file.condition;
                texts.provisions = file.provision;
            } else if let Some(id) = rest.strip_prefix("tso/").and_then(|rest| rest.strip_suffix(".toml")) {
                let file: ScenarioTexts = toml::from_str(text).map_err(wrong)?;
                texts.scenarios.insert(id.to_owned(), file.scenario.title);
                texts.groups.extend(file.group);
                texts.cases.extend(file.case);
                texts.units.extend(file.unit);
            } else if rest.starts_with("procedures/") {
                let file: ProcedureTexts = toml::from_str(text).map_err(wrong)?;
                texts.procedures.extend(file.procedure);
                texts.equipment.extend(file.equipment);
            } else if rest.starts_with("reasons/") {
                let file: BTreeMap<String, ReasonText> = toml::from_str(text).map_err(wrong)?;
                for (code, words) in file {
                    if texts.reasons.insert(code.clone(), words).is_some() {
                        return Err(format!("{name}: {code} stands twice"));
                    }
                }
            }
        }
        Ok(texts)
    }
}

fn fill(template: &str, args: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        match after.find('}') {
            Some(close) => {
                let name = &after[..close];
                text.push_str(args.get(name).map_or("—", String::as_str));
                rest = &after[close + 1..];
            }
            None => {
                text.push_str(&rest[open..]);
                rest = "";
            }
        }
    }
    text.push_str(rest);
    text
}
