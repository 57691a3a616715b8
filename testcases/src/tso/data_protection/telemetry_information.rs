//! 6-5: consumers are told what telemetry is collected, how it is used, by whom and what for.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::published::reading::{accessible_as_declared, suitable_place};
use crate::published::rows::{Coverage, coverage, topic_with};
use crate::verdict::Verdict;

/// 6-5.
pub static GROUP: Group = Group {
    id: "6-5",
    judges: &[
        Judge {
            unit: "6-5-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_place_suits_consumers,
        },
        Judge {
            unit: "6-5-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: a_stranger_gets_the_information,
        },
        Judge {
            unit: "6-5-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: each_purpose_is_told_as_declared,
        },
        Judge {
            unit: "6-5-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: each_telemetry_is_named,
        },
        Judge {
            unit: "6-5-2:d",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_use_is_told_completely,
        },
    ],
};

const ENTRY: &str = "documentation_of_telemetry_data";

/// Words of which one stands on every page about telemetry, beside those that name the rows.
const TOPIC: &[&str] = &[
    "telemetry",
    "usage data",
    "usage statistics",
    "diagnostic",
    "テレメトリ",
    "利用統計",
    "利用状況",
    "稼働データ",
    "診断",
    "telemetrie",
    "télémétrie",
    "遥测",
];

const TELEMETRY: Coverage = Coverage {
    entry: ENTRY,
    topic: TOPIC,
    purposes: false,
    users: false,
    told: Some("telemetry-told"),
    not_told: "telemetry-not-told",
    otherwise: "telemetry-told-otherwise",
};

/// 6-5-1 a: a stranger gets in; whether the place suits consumers is for a person.
fn the_place_suits_consumers(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_topic(facts, |topic| suitable_place(facts, unit, ENTRY, topic))
}

/// 6-5-2 a: the declared place leads to a text on telemetry.
fn a_stranger_gets_the_information(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_topic(facts, |topic| accessible_as_declared(facts, unit, ENTRY, topic))
}

/// 6-5-2 b: one passage names the telemetry and the purposes that the declaration gives.
fn each_purpose_is_told_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    coverage(facts, unit, &Coverage { purposes: true, ..TELEMETRY })
}

/// 6-5-2 c: one passage names what is collected.
fn each_telemetry_is_named(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    coverage(facts, unit, &TELEMETRY)
}

/// 6-5-2 d: purposes and users are there; whether the use is told completely is for a person.
fn the_use_is_told_completely(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    coverage(facts, unit, &Coverage { purposes: true, users: true, told: None, ..TELEMETRY })
}

fn with_topic<T>(facts: &Facts<'_>, judge: impl FnOnce(&[&str]) -> T) -> T {
    let topic = topic_with(facts, "tel_data", TOPIC);
    judge(&topic.iter().map(String::as_str).collect::<Vec<&str>>())
}

#[cfg(test)]
#[path = "telemetry_information/tests.rs"]
mod tests;
