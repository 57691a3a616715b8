//! 5.12-1: decisions that the user has to take are asked plainly, with safe defaults, and as declared.

use ixit::Blame;
use ixit::companion::Choice;
use probes::http::form_controls::{Control, Offered};

use crate::assessor::empty_selection;
use crate::assisted::{self, ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::observing::settings::{is_driven, setting};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::settings_seen::{self, Seen, word};
use crate::verdict::Verdict;

#[path = "user_decisions/defaults.rs"]
mod defaults;

const KEY: &str = "decision";

/// 5.12-1.
pub static GROUP: Group = Group {
    id: "5.12-1",
    judges: &[
        Judge {
            unit: "5.12-1-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: defaults::decisions_are_needed,
        },
        Judge {
            unit: "5.12-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: defaults::defaults_are_safe,
        },
        Judge {
            unit: "5.12-1-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &["settings"],
            judge: decisions_can_be_triggered,
        },
        Judge {
            unit: "5.12-1-2:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["settings"],
            judge: decisions_are_asked_prominently,
        },
        Judge {
            unit: "5.12-1-2:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &["settings"],
            judge: decisions_are_understandable,
        },
        Judge {
            unit: "5.12-1-2:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["settings"],
            judge: decisions_are_as_declared,
        },
    ],
};

/// 5.12-1-2 a: each decision can be triggered as declared. This prepares the others; a person triggers it, and is shown
/// what the machine met.
fn decisions_can_be_triggered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    guided(facts, unit, false)
}

/// 5.12-1-2 b: each decision is asked prominently. One that is not asked at all is not; all else is for a person, who
/// is shown the page.
fn decisions_are_asked_prominently(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    guided(facts, unit, true)
}

/// 5.12-1-2 c: a person reads the words.
fn decisions_are_understandable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    guided(facts, unit, false)
}

fn guided(facts: &Facts<'_>, unit: &Unit, has_to_be_asked: bool) -> Vec<ItemResult> {
    each(facts, unit, |item, seen| match seen {
        Some(seen) if has_to_be_asked => not_asked(item, seen),
        _ => None,
    })
}

/// 5.12-1-2 d: what is asked, its options and the one that is chosen beforehand agree with the row. A control of the
/// same page that no row names is shown to a person.
fn decisions_are_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = each(facts, unit, |item, seen| {
        let seen = seen?;
        not_asked(item, seen).or_else(|| compared(item, seen))
    });
    results.extend(undeclared(facts, unit));
    results
}

/// Each row: what the machine makes of it, else a question with what was seen.
fn each(
    facts: &Facts<'_>,
    unit: &Unit,
    look: impl Fn(&Item<'_>, Option<&Seen<'_>>) -> Option<ItemResult>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    for item in &selected.items {
        let declared = setting(item.row, KEY).filter(|setting| is_driven(facts.declaration, setting));
        let mut shown = companions(item, &["choices", "settings"]);
        let seen = declared.map(|_| settings_seen::of(facts, &item.row.id, KEY)).unwrap_or_default();
        let looked: Vec<ItemResult> = seen
            .iter()
            .filter(|_| !item.unclassified)
            .filter_map(|seen| {
                let result = look(item, Some(seen))?;
                Some(
                    result
                        .evidence(seen.recorded.at(seen.place()))
                        .effort(&seen.recorded.observation.effort)
                        .seen_in(seen.recorded.state(), seen.recorded.sample()),
                )
            })
            .collect();
        if looked.is_empty() {
            shown.extend(seen.iter().flat_map(Seen::shown));
            results.push(ask_about(facts, unit, item, shown, None));
        }
        results.extend(looked);
    }
    results
}

/// The page came without the decision, although it shows other controls.
fn not_asked(item: &Item<'_>, seen: &Seen<'_>) -> Option<ItemResult> {
    (seen.setting.control.is_none() && seen.page_shows_others()).then(|| {
        let reason = named("decision-not-asked", item, seen);
        failed(item, reason)
    })
}

fn compared(item: &Item<'_>, seen: &Seen<'_>) -> Option<ItemResult> {
    let control = seen.setting.control.as_ref()?;
    let declared: Vec<&Choice> = item.row.companions.choices.iter().map(|choice| &choice.value).collect();
    if declared.is_empty() || !speaks_of(item, control) {
        return None;
    }
    if !control.is_choice() {
        // What is entered has no options; nothing may stand there beforehand.
        let sole = declared.len() == 1 && control.value.is_empty();
        return sole.then(|| pass(item, seen, &declared));
    }
    let offered = offered(control);
    let is = |choice: &Choice, option: &Offered| {
        [&option.label, &option.value].iter().any(|text| folded(text) == folded(&choice.option))
    };
    let missing: Vec<&str> = declared
        .iter()
        .filter(|choice| !offered.iter().any(|option| is(choice, option)))
        .map(|choice| choice.option.as_str())
        .collect();
    let further: Vec<&str> = offered
        .iter()
        .filter(|option| !declared.iter().any(|choice| is(choice, option)))
        .map(|option| word(&option.label, &option.value))
        .collect();
    if !missing.is_empty() || !further.is_empty() {
        let list = |names: &[&str]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        let reason = named("decision-options-differ", item, seen)
            .with("missing", list(&missing))
            .with("further", list(&further));
        return Some(failed(item, reason));
    }
    let expected = declared.iter().find(|choice| choice.default);
    let chosen = offered.iter().find(|option| option.chosen);
    let same = match (expected, chosen) {
        (Some(expected), Some(chosen)) => is(expected, chosen),
        (None, None) => true,
        _ => false,
    };
    if !same {
        let reason = named("decision-default-differs", item, seen)
            .with("declared", expected.map_or("–", |choice| &choice.option))
            .with("chosen", chosen.map_or("–", |option| word(&option.label, &option.value)));
        return Some(failed(item, reason));
    }
    Some(pass(item, seen, &declared))
}

/// The words of the page name the decision as the row does, where the row says how.
fn speaks_of(item: &Item<'_>, control: &Control) -> bool {
    let labels: Vec<&str> = control.options.iter().map(|option| option.label.as_str()).collect();
    let words = folded(&format!("{} {}", control.about, labels.join(" ")));
    item.row
        .companions
        .told
        .as_ref()
        .is_none_or(|told| told.value.named.iter().all(|name| words.contains(&folded(name))))
}

/// The options of a control; those of a box are off and on.
fn offered(control: &Control) -> Vec<Offered> {
    if control.kind != "checkbox" || control.options.len() != 1 {
        return control.options.clone();
    }
    let full = control.chosen().is_some();
    ["off", "on"]
        .map(|name| Offered { value: name.to_owned(), label: String::new(), chosen: full == (name == "on") })
        .into()
}

/// Choices on the pages of decisions that no row declares.
fn undeclared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut asked: Vec<(String, Vec<Shown>)> = Vec::new();
    for row in facts.declaration.ixit.rows("user_dec") {
        for seen in settings_seen::of(facts, &row.id, KEY) {
            let Some(page) = &seen.page else { continue };
            let strange = page.controls.iter().filter(|control| control.is_choice());
            for control in strange.filter(|control| !seen.beside.contains(&control.name)) {
                let item = format!("{} {}", page.path, control.name);
                if asked.iter().any(|(known, _)| *known == item) {
                    continue;
                }
                let options: Vec<&str> =
                    control.options.iter().map(|option| word(&option.label, &option.value)).collect();
                let text = format!("{}: {} {}", page.path, control.about, options.join(" · "));
                let source = Some(seen.recorded.reference.clone());
                asked.push((item, vec![Shown { label: "observed.control".to_owned(), text, source }]));
            }
        }
    }
    asked.into_iter().map(|(item, shown)| assisted::ask(facts, unit, &item, shown, None)).collect()
}

fn named(code: &str, item: &Item<'_>, seen: &Seen<'_>) -> Reason {
    Reason::new(code)
        .with("row", &item.row.id)
        .with("page", &seen.setting.page)
        .with("field", &seen.setting.field)
        .expected_by(item.row.reference(item.table, "choices"))
}

fn pass(item: &Item<'_>, seen: &Seen<'_>, declared: &[&Choice]) -> ItemResult {
    let options: Vec<&str> = declared.iter().map(|choice| choice.option.as_str()).collect();
    let reason = named("decision-as-declared", item, seen).with("options", options.join(", "));
    ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Observed, reason)
}

fn failed(item: &Item<'_>, reason: Reason) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::DeviceOrDocumentation)
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
#[path = "user_decisions/defaults_tests.rs"]
mod defaults_tests;
#[cfg(test)]
#[path = "user_decisions/tests.rs"]
mod tests;
