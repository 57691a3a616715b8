//! 5.3-14: why a constrained device gets no updates, how long and how it is replaced, is published.

use ixit::Blame;

use crate::catalogue::Unit;
use crate::dates_in_text::dates;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::published::reading::{PageRead, Reading, ask_with_page};
use crate::published::rows::passage;
use crate::published::{self, Publication, open_to_anybody, place};
use crate::reason::Reason;
use crate::times_in_text::{bounds, durations, sentences};
use crate::verdict::Verdict;

/// 5.3-14.
pub static GROUP: Group = Group {
    id: "5.3-14",
    judges: &[
        Judge {
            unit: "5.3-14-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: a_lay_user_understands_the_way,
        },
        Judge {
            unit: "5.3-14-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: users_are_told_the_way,
        },
        Judge {
            unit: "5.3-14-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: both_are_open_to_anybody,
        },
        Judge {
            unit: "5.3-14-2:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: the_rationale_is_published,
        },
        Judge {
            unit: "5.3-14-2:d",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: period_and_method_of_replacement_are_published,
        },
        Judge {
            unit: "5.3-14-2:e",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: a_support_period_is_published,
        },
    ],
};

const RATIONALE: &str = "publication_of_non_updatable";
const REPLACEMENT: &str = "documentation_of_replacement";

/// Words of which one stands on every page about missing updates.
const ON_UPDATES: &[&str] = &[
    "update",
    "firmware",
    "software",
    "アップデート",
    "更新",
    "ソフトウェア",
    "aktualisier",
    "mise à jour",
    "更新",
];
/// Words of which one stands on every page about replacement.
const ON_REPLACEMENT: &[&str] = &[
    "replac",
    "exchange",
    "swap",
    "repair",
    "交換",
    "取り替え",
    "取替",
    "修理",
    "austausch",
    "ersatz",
    "remplace",
    "更换",
];

/// 5.3-14-1 a: both are declared, each at a place; whether a lay user understands the way is for a person.
fn a_lay_user_understands_the_way(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut further = page_of_replacement(facts);
    let mut prejudgement = None;
    for entry in [RATIONALE, REPLACEMENT] {
        let undeclared = Publication::of(facts, entry).missing(Verdict::Fail);
        if let Some(result) = undeclared.or_else(|| place::contradiction(facts, entry)) {
            return vec![result];
        }
        if let Some(condition) = place::condition(facts, entry) {
            prejudgement = Some(Verdict::Fail);
            further.push(condition);
        }
    }
    further.extend(components_without_updates(facts));
    vec![ask_with_page(facts, unit, "-", RATIONALE, further, prejudgement)]
}

/// The components of which the rationale has to speak, for a person.
fn components_without_updates(facts: &Facts<'_>) -> Option<Shown> {
    let rows = facts.declaration.ixit.rows("soft_comp");
    let fixed: Vec<&str> = rows
        .iter()
        .filter(|row| row.texts("update_mechanism").is_empty())
        .map(|row| row.id.as_str())
        .collect();
    let text = if fixed.is_empty() { "none".to_owned() } else { fixed.join(", ") };
    (!rows.is_empty()).then(|| Shown {
        label: "computed.without-updates".to_owned(),
        text: format!("Components without an update mechanism: {text}"),
        source: Some(rows[0].reference("soft_comp", "update_mechanism")),
    })
}

/// 5.3-14-2 a: where the user is told of both is for a person to look up.
fn users_are_told_the_way(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    for entry in [RATIONALE, REPLACEMENT] {
        if let Some(result) = Publication::of(facts, entry).missing(Verdict::Inconclusive) {
            return vec![result];
        }
    }
    vec![ask_with_page(facts, unit, "-", RATIONALE, page_of_replacement(facts), None)]
}

fn page_of_replacement(facts: &Facts<'_>) -> Vec<Shown> {
    published::shown(facts, &Publication::of(facts, REPLACEMENT))
}

/// 5.3-14-2 b: a stranger who opens either address gets the text. One result for each.
fn both_are_open_to_anybody(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    [(RATIONALE, ON_UPDATES), (REPLACEMENT, ON_REPLACEMENT)]
        .into_iter()
        .flat_map(|(entry, topic)| {
            open_to_anybody(facts, entry, topic, Verdict::Inconclusive)
                .into_iter()
                .map(move |result| ItemResult { item: entry.to_owned(), ..result })
        })
        .collect()
}

/// 5.3-14-2 c: the sentences on updates, for a person.
fn the_rationale_is_published(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    read(facts, unit, RATIONALE, ON_UPDATES, |page| Ok(on_topic(page, ON_UPDATES)))
}

/// 5.3-14-2 d: the sentences on replacement and every period. A text that was read whole and gives no period
/// at all fails.
fn period_and_method_of_replacement_are_published(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    read(facts, unit, REPLACEMENT, ON_REPLACEMENT, |page| {
        let mut shown = periods(page, "replacement-without-period")?;
        shown.extend(on_topic(page, ON_REPLACEMENT));
        Ok(shown)
    })
}

/// 5.3-14-2 e: every period in the rationale. A text that was read whole and gives none fails.
fn a_support_period_is_published(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    read(facts, unit, RATIONALE, ON_UPDATES, |page| periods(page, "rationale-without-period"))
}

/// Looks at the pages of an entry: lines for a person, or a contradiction.
fn read(
    facts: &Facts<'_>,
    unit: &Unit,
    entry: &str,
    topic: &[&str],
    look: impl Fn(&PageRead<'_>) -> Result<Vec<Shown>, Box<ItemResult>>,
) -> Vec<ItemResult> {
    let mut lines = Vec::new();
    match Reading::of(facts, entry, topic) {
        Reading::NotThere(result) => return vec![*result],
        Reading::ByPerson => {}
        Reading::Pages(pages) => {
            for page in &pages {
                match look(page) {
                    Ok(found) => lines.extend(found),
                    Err(result) => return vec![*result],
                }
            }
        }
    }
    vec![ask_with_page(facts, unit, "-", entry, lines, None)]
}

/// Lines shown at most of one kind.
const SHOWN_AT_MOST: usize = 8;

/// The sentences with a word of a subject.
fn on_topic(page: &PageRead<'_>, topic: &[&str]) -> Vec<Shown> {
    sentences(&page.page.text)
        .into_iter()
        .filter(|sentence| {
            let lower = sentence.to_lowercase();
            topic.iter().any(|word| lower.contains(word))
        })
        .take(SHOWN_AT_MOST)
        .map(|sentence| passage(page, sentence.trim().chars().take(300).collect()))
        .collect()
}

/// The sentences with a day or a length of time.
fn periods(page: &PageRead<'_>, missing: &str) -> Result<Vec<Shown>, Box<ItemResult>> {
    let text = &page.page.text;
    let mut places: Vec<(usize, usize)> =
        durations(text).iter().map(|found| (found.start, found.end)).collect();
    places.extend(dates(text).iter().map(|found| (found.start, found.end)));
    // A year alone is a period too: "until 2031".
    let year = text.split(|letter: char| !letter.is_ascii_digit()).any(|number| {
        number.len() == 4 && number.parse().is_ok_and(|year: u16| (2000..2100).contains(&year))
    });
    if places.is_empty() && !year {
        let reason = Reason::new(missing)
            .with("url", &page.page.url)
            .with("characters", text.chars().count())
            .expected_by("criterion");
        let result = ItemResult::machine("-", Verdict::Fail, page.rests_on(), reason)
            .blame(Blame::Documentation)
            .evidence(page.recorded.at("text"))
            .effort(&page.recorded.observation.effort);
        return Err(Box::new(result));
    }
    places.sort_unstable();
    places.dedup_by_key(|(start, end)| bounds(text, *start, *end));
    let lines = places.into_iter().take(SHOWN_AT_MOST).map(|(start, end)| {
        let (start, end) = bounds(text, start, end);
        Shown {
            label: "observed.date".to_owned(),
            ..passage(page, text[start..end].trim().chars().take(300).collect())
        }
    });
    Ok(lines.collect())
}

#[cfg(test)]
#[path = "replacement_publication/tests.rs"]
mod tests;
