//! 5.12-3: users are told how to check that the device is set up securely.

use ixit::Blame;

use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::published::reading::{PageRead, Reading, ask_with_page};
use crate::published::rows::{Coverage, passage, said_of};
use crate::published::told::Says;
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;

/// 5.12-3.
pub static GROUP: Group = Group {
    id: "5.12-3",
    judges: &[
        Judge {
            unit: "5.12-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_guidance_covers_the_check,
        },
        Judge {
            unit: "5.12-3-1:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &[],
            judge: the_check_tells_secure_from_insecure,
        },
    ],
};

/// 5.12-3-1 c: the outcome of the check fits each configuration that it was applied to.
fn the_check_tells_secure_from_insecure(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut question = Question { by: By::Assisted, ..Question::on(unit, "-") };
    question.shown = facts.shown_of_forms(unit);
    let result = facts.ask(question);
    let wrong: Vec<String> = outcome::entries(&result, "checks")
        .iter()
        .filter(|entry| entry.text("outcome") != entry.text("known"))
        .map(|entry| {
            format!("{} ({}): {}", entry.text("configuration"), entry.text("known"), entry.text("outcome"))
        })
        .collect();
    if wrong.is_empty() {
        return vec![result];
    }
    vec![outcome::fail(result, "check-outcome-wrong", Blame::Device, &[("found", wrong.join(", "))])]
}

const CHECK: Coverage =
    Coverage { entry: "documentation_of_setup_check", ..super::setup_guidance::DECISIONS };

/// Beginnings of words of which one stands in every text that says how to check something.
const CHECKING: &[&str] = &[
    "check",
    "verif",
    "make sure",
    "confirm",
    "inspect",
    "review",
    "確認",
    "点検",
    "チェック",
    "診断",
    "prüf",
    "kontroll",
    "vérif",
    "contrôl",
    "comprob",
    "检查",
    "확인",
    "점검",
];

/// 5.12-3-1 b: whether each step is covered is for a person, who sees which security-relevant decision the
/// guidance names. A text that was read whole and speaks of no check at all, or of none of the decisions whose
/// outcome the check is about, covers none of its steps: that fails.
fn the_guidance_covers_the_check(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut lines = Vec::new();
    match Reading::of(facts, CHECK.entry, CHECKING) {
        Reading::NotThere(result) => return vec![*result],
        Reading::ByPerson => {}
        Reading::Pages(pages) => {
            for page in &pages {
                let text = page.page.text.to_lowercase();
                if !CHECKING.iter().any(|word| text.contains(word)) {
                    let reason = Reason::new("check-not-told")
                        .with("url", &page.page.url)
                        .with("characters", text.chars().count());
                    return vec![failed(page, reason)];
                }
                let mut missing = Vec::new();
                let mut others = 0;
                for item in selection::rows(facts.declaration, "user_dec", Some("security-relevant")).items {
                    let line = match said_of(facts, &item, &CHECK, page) {
                        Some(Says::NotNamed(words) | Says::Otherwise { missing: words, .. }) => {
                            let line = format!("not on the page: {}", words.join(", "));
                            missing.extend(words);
                            line
                        }
                        Some(Says::Everything(quoted)) => {
                            others += 1;
                            quoted
                        }
                        Some(Says::Unclear(found)) => {
                            others += 1;
                            found.join(" / ")
                        }
                        None => {
                            others += 1;
                            "the declaration gives no words to look for".to_owned()
                        }
                    };
                    lines.push(passage(page, format!("{}: {line}", item.row.id)));
                }
                if others == 0 && !missing.is_empty() {
                    let reason = Reason::new("decisions-not-in-check")
                        .with("url", &page.page.url)
                        .with("missing", missing.join(", "));
                    return vec![failed(page, reason)];
                }
            }
        }
    }
    vec![ask_with_page(facts, unit, "-", CHECK.entry, lines, None)]
}

fn failed(page: &PageRead<'_>, reason: Reason) -> ItemResult {
    let result = ItemResult::machine("-", Verdict::Fail, page.rests_on(), reason.expected_by("criterion"))
        .blame(Blame::Documentation)
        .evidence(page.recorded.at("text"))
        .effort(&page.recorded.observation.effort);
    match &page.page.page {
        Some(stored) => result.declared(stored.clone()),
        None => result,
    }
}

#[cfg(test)]
#[path = "setup_check/tests.rs"]
mod tests;
