//! Judgement row by row: what the companion `told` of a row says is looked for on the published page.

use ixit::Blame;
use ixit::companion::Told;

use super::reading::{PageRead, Reading, ask_with_page};
use super::told::{Places, Says};
use crate::assessor::empty_selection;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// What is looked for, and how the results are called.
pub struct Coverage {
    /// Entry of `user_info`.
    pub entry: &'static str,
    /// Words of the subject, one of which stands on every such page.
    pub topic: &'static [&'static str],
    /// Purposes count.
    pub purposes: bool,
    /// Users count.
    pub users: bool,
    /// Code where a passage says everything; `None`: a person passes it, with the passage at hand.
    pub told: Option<&'static str>,
    /// Code where the page does not name the row.
    pub not_told: &'static str,
    /// Code where it names the row and not what is declared of it.
    pub otherwise: &'static str,
}

/// One result for each selected row.
pub fn coverage(facts: &Facts<'_>, unit: &Unit, wanted: &Coverage) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let topic = topic_with(facts, selected.items.first().map_or("", |item| item.table), wanted.topic);
    let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
    let reading = Reading::of(facts, wanted.entry, &topic);
    selected
        .items
        .iter()
        .map(|item| match &reading {
            Reading::NotThere(result) => ItemResult { item: item.row.id.clone(), ..(**result).clone() },
            Reading::ByPerson => ask_with_page(facts, unit, &item.row.id, wanted.entry, Vec::new(), None),
            Reading::Pages(pages) => of_row(facts, unit, wanted, item, pages),
        })
        .collect()
}

/// Words by which a page is recognized: those of the subject, and those that name the rows.
pub fn topic_with(facts: &Facts<'_>, table: &str, topic: &[&str]) -> Vec<String> {
    let named = facts.declaration.ixit.rows(table).iter();
    let named = named.filter_map(|row| row.companions.told.as_ref()).flat_map(|told| &told.value.named);
    topic.iter().map(|word| (*word).to_owned()).chain(named.map(|word| word.to_lowercase())).collect()
}

/// What a page says of a row, by the words of its companion that count here; `None` where the companion
/// gives too few words to compare.
pub fn said_of(facts: &Facts<'_>, item: &Item<'_>, wanted: &Coverage, page: &PageRead<'_>) -> Option<Says> {
    let told = &item.row.companions.told.as_ref()?.value;
    let too_few = told.named.is_empty()
        || wanted.purposes && told.purposes.is_empty()
        || wanted.users && told.by.is_empty();
    if too_few {
        return None;
    }
    let counts = |counts: bool, words: &[String]| if counts { words.to_vec() } else { Vec::new() };
    let told = Told {
        named: told.named.clone(),
        purposes: counts(wanted.purposes, &told.purposes),
        by: counts(wanted.users, &told.by),
    };
    let others: Vec<&str> = facts
        .declaration
        .ixit
        .rows(item.table)
        .iter()
        .filter(|row| row.id != item.row.id)
        .filter_map(|row| row.companions.told.as_ref()?.value.named.first())
        .map(String::as_str)
        .collect();
    Some(Places::of(&page.page).say_of(&told, &others))
}

fn of_row(
    facts: &Facts<'_>,
    unit: &Unit,
    wanted: &Coverage,
    item: &Item<'_>,
    pages: &[PageRead<'_>],
) -> ItemResult {
    let ask = |lines: Vec<Shown>, prejudgement| {
        ask_with_page(facts, unit, &item.row.id, wanted.entry, lines, prejudgement)
    };
    let mut passed = None;
    let mut lines = Vec::new();
    let mut prejudgement = None;
    for page in pages {
        let Some(says) = said_of(facts, item, wanted, page) else { return ask(Vec::new(), None) };
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("url", &page.page.url)
                .expected_by(item.row.reference(item.table, "told"))
        };
        let result = |verdict, reason| {
            decided(item, page, ItemResult::machine(&item.row.id, verdict, page.rests_on(), reason))
        };
        match says {
            Says::NotNamed(missing) if !item.unclassified => {
                let reason = reason(wanted.not_told).with("missing", missing.join(", "));
                return result(Verdict::Fail, reason).blame(Blame::Documentation);
            }
            Says::Otherwise { missing, passage } if !item.unclassified => {
                let reason =
                    reason(wanted.otherwise).with("missing", missing.join(", ")).with("passage", passage);
                return result(Verdict::Fail, reason).blame(Blame::Documentation);
            }
            Says::NotNamed(missing) | Says::Otherwise { missing, .. } => {
                prejudgement = Some(Verdict::Fail);
                lines.push(passage(page, format!("Not on the page: {}", missing.join(", "))));
            }
            Says::Unclear(found) => {
                prejudgement = Some(prejudgement.unwrap_or(Verdict::Inconclusive));
                lines.extend(found.into_iter().map(|line| passage(page, line)));
            }
            Says::Everything(quoted) => {
                lines.push(passage(page, quoted.clone()));
                // That a document was handed in does not show that users get it.
                if let Some(code) = wanted.told.filter(|_| page.rests_on() == RestsOn::Observed) {
                    let reason = reason(code).with("passage", quoted);
                    passed = passed.or(Some(result(Verdict::Pass, reason)));
                }
            }
        }
    }
    let trusted = pages.iter().all(|page| page.page.certificate_trusted != Some(false));
    match passed {
        Some(result) if prejudgement.is_none() && trusted && !item.unclassified => result,
        _ => ask(lines, Some(prejudgement.unwrap_or(Verdict::Pass))),
    }
}

fn decided(item: &Item<'_>, page: &PageRead<'_>, result: ItemResult) -> ItemResult {
    let result = result.evidence(page.recorded.at("passages")).effort(&page.recorded.observation.effort);
    let result = match &page.page.page {
        Some(stored) => result.declared(stored.clone()),
        None => result,
    };
    result.declared(item.row.reference(item.table, "told"))
}

/// A passage as shown to a person.
pub fn passage(page: &PageRead<'_>, text: String) -> Shown {
    Shown { label: "observed.passage".to_owned(), text, source: Some(page.recorded.reference.clone()) }
}
