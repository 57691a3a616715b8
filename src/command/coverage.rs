//! `hantei list coverage`: how every unit is decided, as a page for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use harness::testcases::DutState;
use harness::testcases::plan::observings;
use harness::testcases::texts::Language;
use serde_json::{Value, json};

/// Faults that are named of those that fail a unit.
const NAMED: usize = 3;

/// How a unit is decided, from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decided {
    /// By machine, and a listed fault fails it.
    Proved,
    /// By machine, both verdicts.
    Machine,
    /// Facts and a pre-judgement by machine, which may fail it; a person passes it.
    Assisted,
    /// A prompt with steps and criterion.
    Prompt,
}

const ALL: [Decided; 4] = [Decided::Proved, Decided::Machine, Decided::Assisted, Decided::Prompt];

impl Decided {
    fn of(unit: &Value) -> Self {
        let proved = unit["proved_by"].as_array().is_some_and(|faults| !faults.is_empty());
        match unit["by"].as_str() {
            Some("machine") if proved => Self::Proved,
            Some("machine") => Self::Machine,
            Some("assisted") => Self::Assisted,
            _ => Self::Prompt,
        }
    }

    fn word(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::En, Self::Proved) => "proved",
            (Language::En, Self::Machine) => "machine",
            (Language::En, Self::Assisted) => "assisted",
            (Language::En, Self::Prompt) => "guided prompt",
            (Language::Ja, Self::Proved) => "実証済み",
            (Language::Ja, Self::Machine) => "機械",
            (Language::Ja, Self::Assisted) => "支援付き",
            (Language::Ja, Self::Prompt) => "手順付きの質問",
        }
    }
}

/// Names of the states of the device in which a probe looks.
pub(super) fn states_of(probes: &[&str]) -> Vec<&'static str> {
    let of_probe = |name: &str| -> Vec<DutState> {
        let planned = observings().into_iter().filter(|observing| observing.probe == name);
        let mut states: Vec<DutState> = planned.flat_map(|observing| observing.states.to_vec()).collect();
        if name == "interruption" {
            states.extend([DutState::Outage, DutState::Recovered]);
        }
        states
    };
    let seen: Vec<DutState> = probes.iter().flat_map(|probe| of_probe(probe)).collect();
    DutState::ALL.iter().filter(|state| seen.contains(state)).map(|state| state.as_str()).collect()
}

/// The page, from the rows of `list units`.
pub(super) fn page(units: &[Value], language: Language) -> String {
    let kind = |unit: &&Value, kind: &str| unit["kind"] == kind;
    let functional: Vec<&Value> = units.iter().filter(|unit| kind(unit, "functional")).collect();
    let conceptual: Vec<&Value> = units.iter().filter(|unit| kind(unit, "conceptual")).collect();
    let mut page = String::from(head(language));
    let mut put = |line: &str| {
        page.push_str(line);
        page.push('\n');
    };
    put(match language {
        Language::En => "| units | all | proved | machine | assisted | guided prompt |",
        Language::Ja => "| ユニット | 計 | 実証済み | 機械 | 支援付き | 手順付きの質問 |",
    });
    put("|---|---|---|---|---|---|");
    let names = match language {
        Language::En => ["functional", "conceptual"],
        Language::Ja => ["機能試験", "概念試験"],
    };
    for (name, rows) in names.into_iter().zip([&functional, &conceptual]) {
        let counts: Vec<String> = ALL
            .iter()
            .map(|decided| rows.iter().filter(|unit| Decided::of(unit) == *decided).count().to_string())
            .collect();
        put(&format!("| {name} | {} | {} |", rows.len(), counts.join(" | ")));
    }
    put("");
    put(match language {
        Language::En => "## Functional units\n",
        Language::Ja => "## 機能試験ユニット\n",
    });
    put(match language {
        Language::En => "| unit | decided | DUT states | looks with | faults that fail it |",
        Language::Ja => "| ユニット | 判定 | DUT の状態 | プローブ | 不合格にする故障 |",
    });
    put("|---|---|---|---|---|");
    for unit in functional {
        put(&row(unit, language));
    }
    put("");
    put(match language {
        Language::En => {
            "## Conceptual units\n\nThey judge what is declared; the verdict stands in `machine may say`.\n"
        }
        Language::Ja => "## 概念試験ユニット\n\n宣言を評価する。機械が単独で下せる判定も示す。\n",
    });
    put(match language {
        Language::En => "| unit | decided | machine may say | faults that fail it |",
        Language::Ja => "| ユニット | 判定 | 機械の判定 | 不合格にする故障 |",
    });
    put("|---|---|---|---|");
    for unit in conceptual {
        put(&conceptual_row(unit, language));
    }
    page
}

fn conceptual_row(unit: &Value, language: Language) -> String {
    format!(
        "| {} | {} | {} | {} |",
        unit["id"].as_str().unwrap_or_default(),
        Decided::of(unit).word(language),
        or_dash(list(unit, "machine_can").join(", ")),
        or_dash(named_faults(unit, language)),
    )
}

fn list<'u>(unit: &'u Value, key: &str) -> Vec<&'u str> {
    unit[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

fn named_faults(unit: &Value, language: Language) -> String {
    let faults = list(unit, "proved_by");
    let mut named = faults.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if faults.len() > NAMED {
        let more = faults.len() - NAMED;
        match language {
            Language::En => write!(named, " and {more} more"),
            Language::Ja => write!(named, " ほか {more} 件"),
        }
        .expect("a String takes any text");
    }
    named
}

fn row(unit: &Value, language: Language) -> String {
    format!(
        "| {} | {} | {} | {} | {} |",
        unit["id"].as_str().unwrap_or_default(),
        Decided::of(unit).word(language),
        or_dash(list(unit, "states").join(", ")),
        or_dash(list(unit, "probes").join(", ")),
        or_dash(named_faults(unit, language)),
    )
}

/// Counts for programs.
pub(super) fn counts(units: &[Value]) -> Vec<Value> {
    let mut of: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for unit in units {
        let kind = of.entry(unit["kind"].as_str().unwrap_or_default()).or_default();
        *kind.entry(Decided::of(unit).word(Language::En)).or_default() += 1;
    }
    of.into_iter().map(|(kind, counts)| json!({ "kind": kind, "counts": counts })).collect()
}

fn head(language: Language) -> &'static str {
    match language {
        Language::En => {
            "# How the units are decided\n\n\
             Made by `hantei list coverage`; a test keeps it up to date.\n\n\
             *Proved*: the machine passes the sound simulated device with evidence and without a decision, and each listed \
             fault turns the unit to FAIL. *Machine*: both verdicts by machine, no fault of the simulated device for it. \
             *Assisted*: the machine lays out facts, may FAIL on a shown contradiction, and a person passes the unit. \
             *Guided prompt*: a person follows the steps of the prompt and answers by its criterion.\n\n"
        }
        Language::Ja => {
            "# ユニットの判定方法\n\n\
             `hantei list coverage --lang ja` が作る。\n\n\
             実証済み：健全な模擬機器を証拠付きで、人の判断なしに合格とし、挙げた故障のそれぞれで不合格とする。\
             機械：合否とも機械が判定する。支援付き：機械が事実を並べ、矛盾が示されれば不合格とし、合格は人が判断する。\
             手順付きの質問：人が手順に従い、基準によって答える。\n\n"
        }
    }
}
