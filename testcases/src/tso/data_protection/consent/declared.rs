//! How consent is declared to be given.

use ixit::companion::{DecisionTopic, OptIn};

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::switch_position::{Named, Position, named};
use crate::verdict::Verdict;

/// 6-2-1 a: the opt-in is free, obvious and explicit. Consent that is not asked before, that is on until somebody objects,
/// that is asked for everything at once or tied to what does not need it contradicts that by the word of the supplier; how
/// obvious it is, is for a person.
pub(super) fn opt_in_is_free_and_explicit(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let opt_in = item.row.companions.opt_in.as_ref().map(|opt_in| &opt_in.value);
        let reason = |code: &str| Reason::new(code).with("row", &item.row.id).expected_by("criterion");
        if let Some(code) = opt_in.and_then(contradiction) {
            return Look::Contradiction { reason: reason(code), shown_by: "opt_in" };
        }
        let described = item.row.text("obtaining_consent").is_some();
        if !described && opt_in.is_none() {
            let reason = reason("consent-not-described");
            return Look::Contradiction { reason, shown_by: "obtaining_consent" };
        }
        let decisions = decisions(facts, item);
        if let Some(on) = decisions.iter().find(|decision| decision.default == Default::On) {
            let reason = reason("consent-given-by-default")
                .with("decision", on.row)
                .with("option", &on.option)
                .with("telemetry", on.telemetry);
            return Look::Contradiction { reason, shown_by: "obtaining_consent" };
        }
        let mut shown = companions(item, &["opt_in"]);
        shown.extend(decisions.iter().map(Decision::shown));
        let complete = opt_in.is_some_and(|opt_in| {
            opt_in.asked_before.is_some()
                && opt_in.off_at_first.is_some()
                && opt_in.per_purpose.is_some()
                && opt_in.tied_to_other_functions.is_some()
        });
        let prejudgement = match (complete, described) {
            (true, true) => Some(Verdict::Pass),
            // The criterion is a description of how to consent.
            (_, false) => Some(Verdict::Fail),
            (false, true) => None,
        };
        Look::Question { shown, prejudgement }
    })
}

fn contradiction(opt_in: &OptIn) -> Option<&'static str> {
    if opt_in.asked_before == Some(false) {
        Some("consent-not-asked-before")
    } else if opt_in.off_at_first == Some(false) {
        Some("consent-on-at-first")
    } else if opt_in.tied_to_other_functions == Some(true) {
        Some("consent-tied-to-other-functions")
    } else if opt_in.per_purpose == Some(false) {
        Some("consent-not-for-a-purpose")
    } else {
        None
    }
}

/// What is on where the user chose nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Default {
    On,
    Off,
    /// Named otherwise, or none is marked.
    Unclear,
}

/// A decision of the user on telemetry, where telemetry carries the data.
struct Decision<'a> {
    row: &'a str,
    telemetry: &'a str,
    option: String,
    default: Default,
    reference: String,
}

impl Decision<'_> {
    fn shown(&self) -> Shown {
        let text = format!("{}, for {}: at first {}", self.row, self.telemetry, self.option);
        Shown { label: "computed.decision".to_owned(), text, source: Some(self.reference.clone()) }
    }
}

/// The decisions on telemetry, where exactly one is declared and telemetry carries the data of the row: which of
/// several decisions is about which data is not known.
fn decisions<'a>(facts: &Facts<'a>, item: &Item<'_>) -> Vec<Decision<'a>> {
    let ixit = &facts.declaration.ixit;
    let carrying = |row: &&ixit::Row| row.texts("personal_data").contains(&item.row.id.as_str());
    let Some(telemetry) = ixit.rows("tel_data").iter().find(carrying) else { return Vec::new() };
    let on_telemetry = |row: &&ixit::Row| {
        row.companions.topic.as_ref().is_some_and(|topic| topic.value == DecisionTopic::Telemetry)
    };
    let decisions: Vec<&ixit::Row> = ixit.rows("user_dec").iter().filter(on_telemetry).collect();
    let [decision] = decisions.as_slice() else { return Vec::new() };
    let marked: Vec<&str> = decision
        .companions
        .choices
        .iter()
        .filter(|choice| choice.value.default)
        .map(|choice| choice.value.option.as_str())
        .collect();
    let all = |position| {
        !marked.is_empty() && marked.iter().all(|option| named(option) == Named::Position(position))
    };
    let default = match (all(Position::On), all(Position::Off)) {
        (true, _) => Default::On,
        (_, true) => Default::Off,
        _ => Default::Unclear,
    };
    vec![Decision {
        row: &decision.id,
        telemetry: &telemetry.id,
        option: if marked.is_empty() { "not marked".to_owned() } else { marked.join(", ") },
        default,
        reference: decision.reference("user_dec", "choices"),
    }]
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
