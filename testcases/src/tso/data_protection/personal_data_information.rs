//! 6-1: consumers are told what personal data are processed, how, by whom and what for.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::published::reading::{Reading, accessible_as_declared, ask_with_page, suitable_place};
use crate::published::rows::{Coverage, coverage, passage, topic_with};
use crate::published::told::Places;
use crate::verdict::Verdict;

/// 6-1.
pub static GROUP: Group = Group {
    id: "6-1",
    judges: &[
        Judge {
            unit: "6-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_place_suits_consumers,
        },
        Judge {
            unit: "6-1-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: a_stranger_gets_the_information,
        },
        Judge {
            unit: "6-1-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: each_processing_is_told_as_declared,
        },
        Judge {
            unit: "6-1-2:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: the_data_are_told_understandably,
        },
        Judge {
            unit: "6-1-2:d",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: the_use_is_told_understandably,
        },
    ],
};

const ENTRY: &str = "documentation_of_personal_data";

/// Words of which one stands on every page about personal data, beside those that name the rows.
const TOPIC: &[&str] = &[
    "personal data",
    "personal information",
    "privacy",
    "個人情報",
    "個人データ",
    "パーソナルデータ",
    "プライバシー",
    "personenbezogen",
    "datenschutz",
    "données personnelles",
    "个人信息",
    "개인정보",
];

/// 6-1-1 a: a stranger gets in; whether the place suits consumers is for a person.
fn the_place_suits_consumers(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_topic(facts, |topic| suitable_place(facts, unit, ENTRY, topic))
}

/// 6-1-2 a: the declared place leads to a text on personal data.
fn a_stranger_gets_the_information(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_topic(facts, |topic| accessible_as_declared(facts, unit, ENTRY, topic))
}

/// 6-1-2 b: one passage of the text names the data, the purposes and the users that the declaration gives.
fn each_processing_is_told_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let wanted = Coverage {
        entry: ENTRY,
        topic: TOPIC,
        purposes: true,
        users: true,
        told: Some("processing-told"),
        not_told: "processing-not-told",
        otherwise: "processing-told-otherwise",
    };
    coverage(facts, unit, &wanted)
}

/// 6-1-2 c: the passages that name the data, for a person.
fn the_data_are_told_understandably(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_passages(facts, unit, |told| told.named.clone())
}

/// 6-1-2 d: the passages that name purposes and users, for a person.
fn the_use_is_told_understandably(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_passages(facts, unit, |told| told.purposes.iter().chain(&told.by).cloned().collect())
}

fn with_passages(
    facts: &Facts<'_>,
    unit: &Unit,
    words: impl Fn(&ixit::companion::Told) -> Vec<String>,
) -> Vec<ItemResult> {
    let reading = with_topic(facts, |topic| Reading::of(facts, ENTRY, topic));
    let mut lines: Vec<Shown> = Vec::new();
    match reading {
        Reading::NotThere(result) => return vec![*result],
        Reading::ByPerson => {}
        Reading::Pages(pages) => {
            for page in &pages {
                let places = Places::of(&page.page);
                for row in facts.declaration.ixit.rows("pers_data") {
                    let Some(told) = &row.companions.told else { continue };
                    let words = words(&told.value);
                    let found = places.lines(words.iter().map(String::as_str));
                    lines.extend(found.into_iter().map(|line| passage(page, format!("{} {line}", row.id))));
                }
            }
        }
    }
    vec![ask_with_page(facts, unit, "-", ENTRY, lines, None)]
}

fn with_topic<T>(facts: &Facts<'_>, judge: impl FnOnce(&[&str]) -> T) -> T {
    let topic = topic_with(facts, "pers_data", TOPIC);
    judge(&topic.iter().map(String::as_str).collect::<Vec<&str>>())
}

#[cfg(test)]
#[path = "personal_data_information/tests.rs"]
mod tests;
