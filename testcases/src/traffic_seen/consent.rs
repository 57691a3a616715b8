//! Whether data that rest on consent leave a device as delivered, to which nobody can have agreed.

use ixit::Blame;

use super::{Captures, Destination, Mechanisms, Standing, standings};
use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::settings_seen;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Most flows that a person is shown.
const SHOWN: usize = 20;

/// Each selected row of personal data: FAIL where planted data of it were seen leaving before consent, or where its
/// switch contradicts the unit; else a question with the switch, and with the flows of that time and of normal use.
pub fn nothing_leaves_before_it(
    facts: &Facts<'_>,
    unit: &Unit,
    contradictions: impl Fn(&Facts<'_>, &Item<'_>) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let captures = Captures::of(facts);
    let mut results = Vec::new();
    for item in &selected.items {
        let mut seen = leaving(&captures, item);
        seen.extend(contradictions(facts, item));
        if seen.is_empty() || item.unclassified {
            let mut shown = assisted::companions(item, &["consent", "settings"]);
            shown.extend(settings_seen::consent::shown(facts, item));
            shown.extend(flows(facts, &captures));
            results.push(assisted::ask_about(facts, unit, item, shown, None));
        } else {
            results.extend(seen);
        }
    }
    results
}

fn leaving(captures: &Captures<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = Vec::new();
    for (place, capture) in captures.all.iter().enumerate() {
        let before = matches!(capture.state(), Some(DutState::FactoryDefault | DutState::Initialization));
        let of_row = capture.facts.found.iter().filter(|found| found.key == item.row.id && found.from_device);
        for found in of_row.filter(|_| before) {
            let Some(flow) = capture.facts.flows.get(found.flow) else { continue };
            let destination = Destination { capture, flow, names: captures.names(place, flow) };
            let reason = Reason::new("data-before-consent")
                .with("row", &item.row.id)
                .with("place", destination.item())
                .with("encoding", &found.encoding)
                .with("frame", found.frame)
                .expected_by(item.row.reference(item.table, "obtaining_consent"));
            let result = ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason);
            let result = capture.place(result.blame(Blame::Device), Some(found.frame));
            if !results.iter().any(|known| known.sample == result.sample) {
                results.push(result);
            }
        }
    }
    results
}

/// Whom the device called as delivered and in normal use, a line for each destination and state.
fn flows(facts: &Facts<'_>, captures: &Captures<'_>) -> Vec<Shown> {
    let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
    let mut shown: Vec<Shown> = Vec::new();
    for (destination, standing) in standings(captures, None, &mechanisms) {
        let state = match destination.capture.state() {
            Some(state @ (DutState::FactoryDefault | DutState::Initialization | DutState::Initialized)) => {
                state
            }
            _ => continue,
        };
        if matches!(standing, Standing::Called | Standing::Ended | Standing::OfTheNetwork) {
            continue;
        }
        let text = format!("{}: {}", state.as_str(), destination.item());
        if !shown.iter().any(|known| known.text == text) {
            let source = Some(destination.capture.recorded.reference.clone());
            shown.push(Shown { label: "observed.traffic".to_owned(), text, source });
        }
    }
    shown.truncate(SHOWN);
    shown
}
