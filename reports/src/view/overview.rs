//! The figures of the first screen: grid of verdicts, numbers, who decided, reversed verdicts.

use serde::Serialize;
use testcases::Verdict;
use testcases::assessment::Assessment;

use super::{Badge, Fact, anchor, badge, fact};
use crate::words::Words;

/// The provisions of a scenario as small squares.
#[derive(Debug, Serialize)]
pub(super) struct GridRow {
    id: String,
    title: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    anchor: String,
    scenario: String,
    number: String,
    title: String,
    badge: Badge,
}

/// A part of the bar of who decided.
#[derive(Debug, Serialize)]
pub(super) struct Slice {
    class: &'static str,
    name: String,
    count: u32,
    x: String,
    width: String,
}

/// A row of numbers.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) badge: Badge,
    pub(crate) provisions: u32,
    pub(crate) cases: u32,
    pub(crate) units: u32,
}

/// A machine verdict that a person reversed.
#[derive(Debug, Serialize)]
pub(crate) struct Overridden {
    pub(crate) unit: String,
    pub(crate) anchor: String,
    pub(crate) item: String,
    pub(crate) from: Badge,
    pub(crate) to: Badge,
    pub(crate) text: String,
}

/// The numbers in one sentence.
pub(super) fn counted(words: &Words, assessment: &Assessment) -> String {
    let of = |verdict: Verdict| {
        assessment.provisions.iter().filter(|provision| provision.verdict == verdict).count().to_string()
    };
    words
        .ui("counted")
        .replace("{provisions}", &assessment.provisions.len().to_string())
        .replace("{fail}", &of(Verdict::Fail))
        .replace("{open}", &of(Verdict::Inconclusive))
        .replace("{pass}", &of(Verdict::Pass))
}

pub(super) fn grid(words: &Words, assessment: &Assessment) -> Vec<GridRow> {
    let mut rows: Vec<GridRow> = Vec::new();
    for provision in &assessment.provisions {
        let (scenario, number) = provision.id.rsplit_once('-').unwrap_or((provision.id.as_str(), ""));
        if rows.last().is_none_or(|row| row.id != scenario) {
            rows.push(GridRow {
                id: scenario.to_owned(),
                title: words.texts().scenarios.get(scenario).cloned().unwrap_or_default(),
                cells: Vec::new(),
            });
        }
        if let Some(row) = rows.last_mut() {
            row.cells.push(Cell {
                anchor: anchor("p", &provision.id),
                scenario: format!("{scenario}-"),
                number: number.to_owned(),
                title: words.provision_title(&provision.id).to_owned(),
                badge: badge(words, provision.verdict),
            });
        }
    }
    rows
}

pub(super) fn counts(words: &Words, assessment: &Assessment) -> Vec<Count> {
    let counts = &assessment.counts;
    [Verdict::Fail, Verdict::Inconclusive, Verdict::Pass, Verdict::NotApplicable, Verdict::NotClaimed]
        .into_iter()
        .filter_map(|verdict| {
            let of = |map: &std::collections::BTreeMap<String, u32>| {
                map.get(verdict.as_str()).copied().unwrap_or_default()
            };
            let (provisions, cases, units) = (of(&counts.provisions), of(&counts.cases), of(&counts.units));
            (provisions + cases + units > 0).then(|| Count {
                badge: badge(words, verdict),
                provisions,
                cases,
                units,
            })
        })
        .collect()
}

pub(super) fn bar(words: &Words, assessment: &Assessment) -> Vec<Slice> {
    let coverage = &assessment.coverage;
    let parts = [
        ("machine", "by-machine", coverage.machine),
        ("assisted", "by-assisted", coverage.assisted),
        ("assessor", "by-assessor", coverage.assessor),
        ("external", "by-external", coverage.external),
        ("waiting", "by-open", coverage.open),
    ];
    let sum = parts.iter().map(|(_, _, count)| count).sum::<u32>().max(1);
    let scale = |count: u32| f64::from(count) * 1000.0 / f64::from(sum);
    let mut before = 0;
    parts
        .into_iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(class, key, count)| {
            let x = scale(before);
            before += count;
            Slice {
                class,
                name: words.ui(key).to_owned(),
                count,
                x: format!("{x:.1}"),
                width: format!("{:.1}", scale(count)),
            }
        })
        .collect()
}

pub(super) fn coverage(words: &Words, assessment: &Assessment) -> Vec<Fact> {
    let coverage = &assessment.coverage;
    let not_claimed: Vec<&str> = assessment
        .provisions
        .iter()
        .filter(|provision| provision.verdict == Verdict::NotClaimed)
        .map(|provision| provision.id.as_str())
        .collect();
    let mut facts = vec![
        fact(words, "units-planned", Some(&format!("{} / {}", coverage.planned, coverage.units))),
        fact(words, "units-declared", Some(&coverage.declared.to_string())),
    ];
    if !not_claimed.is_empty() {
        facts.push(fact(words, "recommendations-not-claimed", Some(&not_claimed.join(", "))));
    }
    facts
}

pub(super) fn overrides(words: &Words, assessment: &Assessment) -> Vec<Overridden> {
    assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit, item)))
        .filter_map(|(unit, item)| {
            Some(Overridden {
                unit: unit.id.clone(),
                anchor: anchor("u", &unit.id),
                item: if item.item == "-" { String::new() } else { item.item.clone() },
                from: badge(words, item.overridden?),
                to: badge(words, item.verdict),
                text: words.reason(&item.reason).text,
            })
        })
        .collect()
}
