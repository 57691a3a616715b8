//! The results that a guide links, each once: how many passed or failed, and which items a failed one answers.

use std::collections::BTreeSet;

use serde::Serialize;
use testcases::Verdict;
use testcases::guide::{AnsweredGuide, AnsweredLink};

use crate::ReportInput;
use crate::view::{Badge, anchor, badge};
use crate::words::Words;

/// The numbers, and what failed.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    told: String,
    failed: Vec<Failed>,
}

/// A result that failed.
#[derive(Debug, Serialize)]
struct Failed {
    label: String,
    href: Option<String>,
    verdict: Badge,
    items: Vec<Answered>,
}

/// An item that it answers.
#[derive(Debug, Serialize)]
struct Answered {
    id: String,
    anchor: String,
}

/// A result by name, with its place in the report of the run.
pub(super) struct Label {
    pub(super) label: String,
    pub(super) href: Option<String>,
}

/// Counts each result once, however many items it answers.
pub(super) fn results(
    input: &ReportInput<'_>,
    words: &Words,
    answered: &AnsweredGuide,
    beside: Option<&str>,
) -> Results {
    let mut seen = BTreeSet::new();
    let links = answered.items.iter().flat_map(|item| &item.links);
    let each: Vec<&AnsweredLink> = links.filter(|link| seen.insert((&link.kind, &link.id))).collect();
    let number = |verdict| each.iter().filter(|link| link.verdict == Some(verdict)).count();
    let mut failed: Vec<&AnsweredLink> =
        each.iter().copied().filter(|link| link.verdict == Some(Verdict::Fail)).collect();
    failed.sort_by_key(|link| place(input, link));
    let failed = failed.into_iter().map(|failed| {
        let same = |link: &AnsweredLink| (&link.kind, &link.id) == (&failed.kind, &failed.id);
        let items = answered.items.iter().filter(|item| item.links.iter().any(same));
        let Label { label, href } = label(input, words, failed, beside);
        Failed {
            label,
            href,
            verdict: badge(words, Verdict::Fail),
            items: items
                .map(|item| Answered { id: item.id.clone(), anchor: anchor("item", &item.id) })
                .collect(),
        }
    });
    Results {
        told: words
            .ui("guide-results")
            .replace("{n}", &each.len().to_string())
            .replace("{passed}", &number(Verdict::Pass).to_string())
            .replace("{failed}", &number(Verdict::Fail).to_string()),
        failed: failed.collect(),
    }
}

/// Names a result. A unit has no title of its own, so that of its provision stands with it.
pub(super) fn label(
    input: &ReportInput<'_>,
    words: &Words,
    link: &AnsweredLink,
    beside: Option<&str>,
) -> Label {
    let id = &link.id;
    let (label, place) = match link.kind.as_str() {
        "provision" => (format!("{id} {}", words.provision_title(id)), Some(anchor("p", id))),
        "unit" => {
            let title = provision_of(input, id).map_or("", |provision| words.provision_title(provision));
            (words.ui("guide-unit").replace("{id}", id).replace("{title}", title), Some(anchor("u", id)))
        }
        _ => {
            let title = testcases::plus::data_of(id).map_or("", |data| data.title.of(input.language));
            let label = words.ui("guide-plus").replace("{id}", id).replace("{title}", title);
            // The report shows a case beyond the standard only if it was run.
            (label, link.verdict.map(|_| anchor("u", id)))
        }
    };
    Label { label, href: beside.zip(place).map(|(page, place)| format!("{page}#{place}")) }
}

/// Place in the order of the standard, a provision before its units; what is of no provision comes last.
fn place<'a>(input: &ReportInput<'_>, link: &'a AnsweredLink) -> (usize, bool, &'a str) {
    let provision = match link.kind.as_str() {
        "provision" => Some(link.id.as_str()),
        _ => provision_of(input, &link.id),
    };
    let known = |id| input.assessment.provisions.iter().position(|provision| provision.id == id);
    (provision.and_then(known).unwrap_or(usize::MAX), link.kind != "provision", &link.id)
}

fn provision_of<'a>(input: &'a ReportInput<'_>, unit: &str) -> Option<&'a str> {
    let provision =
        input.assessment.provisions.iter().find(|provision| {
            provision.cases.iter().any(|case| case.units.iter().any(|one| one.id == unit))
        })?;
    Some(&provision.id)
}
