//! What a switch of consent shows: whether it was on before anybody agreed, whether data of its row flow while it is
//! off, and whether it can be switched off again.

use ixit::Blame;

use super::{Seen, of};
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// Key of the setting.
const KEY: &str = "consent";
/// Destinations that a person is shown for a position, at most.
const SHOWN: usize = 10;

/// What contradicts that consent is obtained before anything is sent.
pub fn contradicts_obtaining(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    let of_row = of(facts, &item.row.id, KEY);
    of_row
        .iter()
        .flat_map(|seen| [given_at_first(item, seen), flows_in(item, seen, "off")])
        .flatten()
        .collect()
}

/// What contradicts that consent can be withdrawn.
pub fn contradicts_withdrawal(facts: &Facts<'_>, item: &Item<'_>) -> Vec<ItemResult> {
    let of_row = of(facts, &item.row.id, KEY);
    of_row
        .iter()
        .flat_map(|seen| {
            [not_withdrawn(item, seen), flows_in(item, seen, "withdrawn"), flows_in(item, seen, "off")]
        })
        .flatten()
        .collect()
}

/// What of the switch and of the captures in its positions is shown to a person.
pub fn shown(facts: &Facts<'_>, item: &Item<'_>) -> Vec<Shown> {
    let mut shown = Vec::new();
    for seen in of(facts, &item.row.id, KEY) {
        shown.extend(seen.shown());
        for heard in &seen.heard {
            let traffic = &heard.traffic;
            let found = traffic.found.iter().filter(|found| found.key == item.row.id && found.from_device);
            let mut to: Vec<String> = traffic
                .flows
                .iter()
                .filter(|flow| flow.sent > 0)
                .filter_map(|flow| {
                    let peer = flow.name.clone().or_else(|| flow.peer.map(|peer| peer.to_string()))?;
                    Some(format!("{peer}:{}", flow.port))
                })
                .collect();
            to.sort();
            to.dedup();
            to.truncate(SHOWN);
            shown.push(Shown {
                label: "observed.position".to_owned(),
                text: format!("{}: {} [{}]", heard.position, to.join(", "), found.count()),
                source: Some(seen.recorded.reference.clone()),
            });
        }
    }
    shown
}

fn given_at_first(item: &Item<'_>, seen: &Seen<'_>) -> Option<ItemResult> {
    (seen.setting.first.as_deref() == Some("on")).then(|| {
        let reason = Reason::new("consent-given-at-first").with("field", &seen.setting.field);
        failed(item, seen, reason, "obtaining_consent", seen.place())
    })
}

fn flows_in(item: &Item<'_>, seen: &Seen<'_>, position: &str) -> Option<ItemResult> {
    let traffic = seen.heard(position)?;
    // A switch that is not in its position shows nothing of it.
    let change = seen.change(position)?;
    if change.read.as_deref() != Some("off") {
        return None;
    }
    let found = traffic.found.iter().find(|found| found.key == item.row.id && found.from_device)?;
    let flow = traffic.flows.get(found.flow)?;
    let peer = flow.name.clone().or_else(|| flow.peer.map(|peer| peer.to_string())).unwrap_or_default();
    let code = if position == "withdrawn" { "data-after-withdrawal" } else { "data-without-consent" };
    let field = if position == "withdrawn" { "withdrawing_consent" } else { "obtaining_consent" };
    let reason = Reason::new(code)
        .with("place", format!("{peer}:{}", flow.port))
        .with("encoding", &found.encoding)
        .with("frame", found.frame);
    Some(failed(item, seen, reason, field, format!("capture in position {position}, frame {}", found.frame)))
}

fn not_withdrawn(item: &Item<'_>, seen: &Seen<'_>) -> Option<ItemResult> {
    let change = seen.change("withdrawn")?;
    // Only what was agreed to can be withdrawn.
    if seen.change("on")?.read.as_deref() != Some("on") {
        return None;
    }
    let status = change.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
    let reason = match (change.offered, change.read.as_deref(), change.stayed.as_deref()) {
        (false, _, _) => Reason::new("withdrawal-not-offered"),
        (true, Some("on"), _) => Reason::new("consent-not-withdrawn").with("status", status),
        (true, Some("off"), Some("on")) => Reason::new("withdrawal-does-not-stay"),
        _ => return None,
    };
    let reason = reason.with("field", &seen.setting.field);
    Some(failed(item, seen, reason, "withdrawing_consent", seen.place()))
}

fn failed(item: &Item<'_>, seen: &Seen<'_>, reason: Reason, field: &str, at: String) -> ItemResult {
    let reason = reason
        .with("row", &item.row.id)
        .with("page", &seen.setting.page)
        .expected_by(item.row.reference(item.table, field));
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::Device)
        .evidence(seen.recorded.at(at))
        .effort(&seen.recorded.observation.effort)
        .seen_in(seen.recorded.state(), seen.recorded.sample())
}
