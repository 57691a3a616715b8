//! 5.12-2: the guidance leads to a secure set-up.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::published::reading::{PageRead, Reading, ask_with_page};
use crate::published::rows::{Coverage, coverage, passage, said_of};
use crate::published::told::{Says, names_any};
use crate::verdict::Verdict;

/// 5.12-2.
pub static GROUP: Group = Group {
    id: "5.12-2",
    judges: &[
        Judge {
            unit: "5.12-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: each_decision_is_covered,
        },
        Judge {
            unit: "5.12-2-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: each_decision_has_a_recommendation,
        },
    ],
};

/// Words of which one stands on every page about setting up, beside those that name the decisions.
const TOPIC: &[&str] =
    &["set up", "setup", "set-up", "install", "設定", "セットアップ", "einricht", "configur", "设置", "설정"];

/// Words of a recommendation.
const RECOMMENDING: &[&str] = &[
    "recommend",
    "recommended",
    "should",
    "must",
    "leave",
    "keep",
    "choose",
    "advise",
    "best",
    "safest",
    "do not",
    "never",
    "always",
    "only",
    "推奨",
    "おすすめ",
    "お勧め",
    "お奨め",
    "してください",
    "ままに",
    "必ず",
    "望ましい",
];

/// What the guidance is searched for; the assessor passes.
pub(super) const DECISIONS: Coverage = Coverage {
    entry: "documentation_of_secure_setup",
    topic: TOPIC,
    purposes: false,
    users: false,
    told: None,
    not_told: "decision-not-told",
    otherwise: "decision-not-told",
};

/// 5.12-2-1 b: a security-relevant decision whose declared words stand nowhere in a text that was read whole is
/// not covered; whether the place that names it deals with it is for a person.
fn each_decision_is_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    coverage(facts, unit, &DECISIONS)
}

/// 5.12-2-1 c: what stands nowhere is not recommended either; else a person reads the passages that name the
/// decision, those with a word of recommendation first.
fn each_decision_has_a_recommendation(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    let Reading::Pages(pages) = Reading::of(facts, DECISIONS.entry, TOPIC) else {
        return coverage(facts, unit, &DECISIONS);
    };
    let mut results = coverage(facts, unit, &DECISIONS);
    for item in &selected.items {
        let asked =
            results.iter_mut().find(|result| result.item == item.row.id && result.verdict != Verdict::Fail);
        let (Some(result), Some(told)) = (asked, &item.row.companions.told) else { continue };
        let mut shown: Vec<Shown> = Vec::new();
        let mut recommended = false;
        for page in &pages {
            let named = passages_that_name(page, &told.value.named);
            for (text, recommends) in named {
                recommended |= recommends;
                let label = if recommends { "observed.recommendation" } else { "observed.passage" };
                shown.push(Shown { label: label.to_owned(), ..passage(page, text) });
            }
            if let Some(Says::Unclear(lines)) = said_of(facts, item, &DECISIONS, page) {
                shown.extend(lines.into_iter().map(|line| passage(page, line)));
            }
        }
        shown.sort_by_key(|shown| shown.label != "observed.recommendation");
        let prejudgement = if recommended { Verdict::Pass } else { Verdict::Fail };
        *result = ask_with_page(facts, unit, &item.row.id, DECISIONS.entry, shown, Some(prejudgement));
    }
    results
}

/// Passages that name a decision, and whether they hold a word of recommendation.
fn passages_that_name(page: &PageRead<'_>, named: &[String]) -> Vec<(String, bool)> {
    const SHOWN_AT_MOST: usize = 6;
    page.page
        .passages
        .iter()
        .filter(|passage| names_any(&passage.text, named.iter().map(String::as_str)))
        .map(|passage| {
            let quoted: String = passage.text.chars().take(300).collect();
            (quoted, names_any(&passage.text, RECOMMENDING.iter().copied()))
        })
        .take(SHOWN_AT_MOST)
        .collect()
}

#[cfg(test)]
#[path = "setup_guidance/tests.rs"]
mod tests;
