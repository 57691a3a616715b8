//! 5.7-2: a device that finds its software changed alerts, and keeps to the network that the alert needs.

#[path = "after_detected_change/declared.rs"]
mod declared;

use ixit::Blame;
use probes::capture::Initiator;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::traffic_seen::{Captures, Destination, Mechanisms, Standing, base, standings};
use crate::verdict::Verdict;

/// 5.7-2.
pub static GROUP: Group = Group {
    id: "5.7-2",
    judges: &[
        Judge {
            unit: "5.7-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::the_notice_suffices,
        },
        Judge {
            unit: "5.7-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::only_what_the_notice_needs,
        },
        Judge {
            unit: "5.7-2-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &["traffic"],
            judge: the_alert_happens,
        },
        Judge {
            unit: "5.7-2-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["traffic"],
            judge: only_declared_calls_after_the_change,
        },
    ],
};

/// The state in question.
const STATE: DutState = DutState::AfterDetectedChange;

/// 5.7-2-2 a: the alert happens as declared. It is for people, so that a person sees to it; shown is whom the device
/// called meanwhile.
fn the_alert_happens(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let calls = calls(facts);
    selected
        .items
        .iter()
        .map(|item| {
            let result = assisted::ask_about(facts, unit, item, calls.clone(), None);
            if outcome::word(&result, "alert") == "none" {
                let args = [("row", item.row.id.clone())];
                return outcome::fail(result, "no-alert-noted", Blame::Device, &args);
            }
            result
        })
        .collect()
}

/// 5.7-2-2 b: after the change was detected the device calls nobody but those whom the alert needs.
fn only_declared_calls_after_the_change(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let captures = Captures::of(facts);
    let calls = calls(facts);
    let mut results = Vec::new();
    for item in &selected.items {
        if item.row.companions.endpoint.is_empty() {
            let mut shown = assisted::companions(item, &["endpoint"]);
            shown.extend(calls.clone());
            results.push(assisted::ask_about(facts, unit, item, shown, None));
            continue;
        }
        for sample in captures.samples(facts) {
            results.extend(by_captures(facts, unit, item, sample, &captures));
        }
    }
    results
}

/// The machine's verdicts on one mechanism and sample.
fn by_captures(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    sample: Option<&str>,
    captures: &Captures<'_>,
) -> Vec<ItemResult> {
    // What another mechanism declares for the same state is declared.
    let mechanisms = Mechanisms::of(facts.declaration, "sec_boot");
    let seen: Vec<(Destination<'_, '_>, Standing<'_>)> = standings(captures, sample, &mechanisms)
        .into_iter()
        .filter(|(destination, _)| destination.capture.state() == Some(STATE))
        .collect();
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &item.row.id)
            .with("declared", mechanisms.line())
            .expected_by(item.row.reference("sec_boot", "endpoint"))
    };
    let result = |verdict, reason| {
        let mut result = ItemResult::machine(&item.row.id, verdict, RestsOn::Observed, reason);
        result.state = Some(STATE);
        result.sample = sample.map(str::to_owned);
        result
    };
    let mut results: Vec<ItemResult> = Vec::new();
    for (destination, standing) in &seen {
        let (verdict, code, blame) = match standing {
            Standing::Declared(_) | Standing::OfTheNetwork | Standing::Called | Standing::Ended => continue,
            Standing::Undeclared => {
                (Verdict::Fail, "calls-after-detected-change", Blame::DeviceOrDocumentation)
            }
            Standing::WithoutName(_) => (Verdict::Inconclusive, "destination-without-name", Blame::Lab),
            Standing::OriginUnknown => (Verdict::Inconclusive, "flow-of-unknown-origin", Blame::Lab),
            Standing::NotComparable => {
                (Verdict::Inconclusive, "protocol-not-comparable", Blame::Documentation)
            }
        };
        let frame = destination.flow.frame;
        let reason = reason(code)
            .with("item", destination.item())
            .with("found", destination.description())
            .with("table", "sec_boot")
            .with("frame", frame);
        let known = |known: &ItemResult| {
            known.reason.code == code && known.reason.args.get("item") == reason.args.get("item")
        };
        if !results.iter().any(known) {
            results.push(destination.capture.place(result(verdict, reason).blame(blame), Some(frame)));
        }
    }
    if results.is_empty() {
        results.push(proof(facts, unit, sample, captures, &seen, &reason, &result));
    }
    results
}

/// PASS with what shows that the device was there and had its chance to call; else what is lacking.
fn proof(
    facts: &Facts<'_>,
    unit: &Unit,
    sample: Option<&str>,
    captures: &Captures<'_>,
    seen: &[(Destination<'_, '_>, Standing<'_>)],
    reason: &dyn Fn(&str) -> Reason,
    result: &dyn Fn(Verdict, Reason) -> ItemResult,
) -> ItemResult {
    let open = |reason: Reason| result(Verdict::Inconclusive, reason).blame(Blame::Lab);
    let whole: Vec<_> = captures
        .of_sample(sample)
        .map(|(_, capture)| capture)
        .filter(|capture| capture.complete() && capture.state() == Some(STATE))
        .collect();
    let Some(longest) = whole.iter().max_by(|one, other| one.facts.seconds.total_cmp(&other.facts.seconds))
    else {
        let tried = facts.observed("traffic").filter(|recorded| recorded.state() == Some(STATE)).last();
        let why = tried.map(|recorded| recorded.observation.trouble.as_deref().unwrap_or("not complete"));
        let why = why.unwrap_or("no change was made that the device had to detect");
        let mut result = open(Reason::new("no-capture-after-change").with("why", why));
        result.evidence = tried.map(|recorded| recorded.at("")).into_iter().collect();
        return result;
    };
    let minimum = unit.minimum_capture.unwrap_or_default();
    if !longest.long_enough(&minimum) {
        let reason = Reason::new("capture-too-short")
            .with("minimum", minimum.seconds)
            .with("seconds", format!("{:.1}", longest.facts.seconds));
        return longest.place(open(reason), None);
    }
    let mut called: Vec<String> = Vec::new();
    for (destination, standing) in seen {
        let item = destination.item();
        let begun = destination.flow.initiator == Initiator::Device;
        if matches!(standing, Standing::Declared(_)) && begun && !called.contains(&item) {
            called.push(item);
        }
    }
    let answered = answered(facts, sample);
    if called.is_empty() && answered.is_none() {
        return longest.place(open(reason("silent-after-detected-change")), None);
    }
    let called = if called.is_empty() { "nobody, but it answered".to_owned() } else { called.join(", ") };
    let reason = reason("only-declared-calls-after-change")
        .with("called", called)
        .with("seconds", format!("{:.1}", longest.facts.seconds));
    let mut passed = longest.place(result(Verdict::Pass, reason), None);
    passed.evidence.extend(answered.map(|recorded| recorded.at("")));
    passed
}

/// An observation in the state in which the device answered.
fn answered<'a>(facts: &Facts<'a>, sample: Option<&str>) -> Option<&'a Recorded> {
    let asking = ["device-identity", "identify", "access-control", "tls-server"];
    asking.into_iter().flat_map(|probe| facts.observed(probe)).find(|recorded| {
        recorded.state() == Some(STATE)
            && recorded.complete()
            && sample.is_none_or(|id| base(recorded.sample()) == id)
    })
}

/// Whom the device called in the state, for a person.
pub(super) fn calls(facts: &Facts<'_>) -> Vec<Shown> {
    let captures = Captures::of(facts);
    let mechanisms = Mechanisms::of(facts.declaration, "sec_boot");
    let mut shown: Vec<Shown> = Vec::new();
    for (destination, standing) in standings(&captures, None, &mechanisms) {
        if destination.capture.state() != Some(STATE)
            || matches!(standing, Standing::Called | Standing::Ended)
        {
            continue;
        }
        let declared = matches!(standing, Standing::Declared(_));
        let text = format!(
            "{}: {}{}",
            destination.item(),
            destination.description(),
            if declared { ", declared" } else { "" }
        );
        if !shown.iter().any(|known| known.text == text) {
            shown.push(Shown {
                label: "observed.traffic".to_owned(),
                text,
                source: Some(destination.capture.recorded.reference.clone()),
            });
        }
    }
    shown.truncate(30);
    shown
}

#[cfg(test)]
#[path = "after_detected_change/tests.rs"]
mod tests;
