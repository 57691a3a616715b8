//! What the page of a guide says first: how its items stand, by kind, and what became of the points that it wants
//! considered.

use ixit::guides::Adopted;
use serde::Serialize;
use testcases::guide::{Guide, ItemKind, Standing};

use super::GuideResult;
use crate::ReportInput;
use crate::view::{Badge, anchor};
use crate::words::Words;

/// Width of the bar, in its own units.
const BAR: usize = 1000;

/// The numbers.
#[derive(Debug, Serialize)]
pub(super) struct Overview {
    /// Names of the columns: kinds of items, and all of them where there are several.
    kinds: Vec<String>,
    counts: Vec<Count>,
    /// Points to consider; `None` where the guide demands it of none.
    points: Option<Points>,
}

/// Items of a standing.
#[derive(Debug, Serialize)]
struct Count {
    class: &'static str,
    mark: &'static str,
    standing: String,
    meaning: String,
    /// By kind, then all of them where there are several kinds.
    columns: Vec<usize>,
    items: usize,
    x: usize,
    width: usize,
}

#[derive(Debug, Serialize)]
struct Points {
    told: String,
    rows: Vec<Point>,
}

/// A point, in a line.
#[derive(Debug, Serialize)]
struct Point {
    id: String,
    anchor: String,
    title: String,
    standing: Badge,
    /// What the supplier says became of it.
    adopted: Option<String>,
}

/// Counts.
pub(super) fn overview(input: &ReportInput<'_>, words: &Words, result: &GuideResult) -> Overview {
    let kinds = kinds(result.guide);
    let mut names: Vec<String> = kinds.iter().map(|kind| kind_name(words, *kind)).collect();
    if kinds.len() > 1 {
        names.push(words.ui("guide-all-items").to_owned());
    }
    Overview { kinds: names, counts: counts(words, result, &kinds), points: points(input, words, result) }
}

/// Kinds of items in the order in which the guide has them.
fn kinds(guide: &Guide) -> Vec<ItemKind> {
    let mut kinds: Vec<ItemKind> = Vec::new();
    for item in &guide.items {
        if !kinds.contains(&item.kind) {
            kinds.push(item.kind);
        }
    }
    kinds
}

fn kind_name(words: &Words, kind: ItemKind) -> String {
    let name = serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned));
    words.ui(&format!("guide-kind-{}", name.unwrap_or_default())).to_owned()
}

fn counts(words: &Words, result: &GuideResult, kinds: &[ItemKind]) -> Vec<Count> {
    let all: Vec<(ItemKind, Standing)> = result
        .guide
        .items
        .iter()
        .zip(&result.answered.items)
        .map(|(item, answered)| (item.kind, answered.standing))
        .collect();
    let place = |items: usize| items * BAR / all.len().max(1);
    let mut before = 0;
    let count = |standing: Standing| {
        let of = |kind: &ItemKind| all.iter().filter(|one| **one == (*kind, standing)).count();
        let mut columns: Vec<usize> = kinds.iter().map(of).collect();
        let items = columns.iter().sum();
        if kinds.len() > 1 {
            columns.push(items);
        }
        let x = place(before);
        before += items;
        Count {
            class: class(standing),
            mark: mark(standing),
            standing: words.ui(&format!("guide-standing-{}", standing.as_str())).to_owned(),
            meaning: words.ui(&format!("guide-meaning-{}", standing.as_str())).to_owned(),
            columns,
            items,
            x,
            width: place(before) - x,
        }
    };
    Standing::ALL.into_iter().map(count).collect()
}

fn points(input: &ReportInput<'_>, words: &Words, result: &GuideResult) -> Option<Points> {
    let counted = result.answered.consider;
    let rows: Vec<Point> = result
        .guide
        .items
        .iter()
        .zip(&result.answered.items)
        .filter(|(item, _)| item.consider)
        .map(|(item, answered)| Point {
            id: item.id.clone(),
            anchor: anchor("item", &item.id),
            title: item.title.of(input.language).to_owned(),
            standing: badge(words, answered.standing),
            adopted: answered.considered.as_ref().map(|said| adopted(words, said.adopted).to_owned()),
        })
        .collect();
    let mut told = words.ui("guide-considered").to_owned();
    for (name, number) in [
        ("{n}", counted.items),
        ("{yes}", counted.yes),
        ("{partly}", counted.partly),
        ("{no}", counted.no),
        ("{unsaid}", counted.unsaid),
    ] {
        told = told.replace(name, &number.to_string());
    }
    (!rows.is_empty()).then_some(Points { told, rows })
}

/// The standing as a badge.
pub(super) fn badge(words: &Words, standing: Standing) -> Badge {
    Badge {
        class: class(standing),
        mark: mark(standing),
        text: words.ui(&format!("guide-standing-{}", standing.as_str())).to_owned(),
    }
}

/// What became of a point, in words.
pub(super) fn adopted(words: &Words, adopted: Adopted) -> &str {
    words.ui(match adopted {
        Adopted::Yes => "guide-adopted-yes",
        Adopted::Partly => "guide-adopted-partly",
        Adopted::No => "guide-adopted-no",
    })
}

fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Answered => "s-answered",
        Standing::AnsweredInPart => "s-part",
        Standing::Declared => "s-declared",
        Standing::Open => "s-open",
        Standing::NotTestable => "s-none",
    }
}

fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Answered => "●",
        Standing::AnsweredInPart => "◐",
        Standing::Declared => "◇",
        Standing::Open => "○",
        Standing::NotTestable => "–",
    }
}
