//! 5.9-3: connections are set up in an orderly way, and many devices do not come back all at once.
//!
//! 5.9-3-2 measures the pauses between the tries of a device that lost its peer and compares them with the declared
//! ones: a pause that is shorter loads the network more than declared, and first pauses that never differ bring all
//! devices back in step. Rows that declare no way back in figures are for a person.

#[path = "orderly_reconnection/declared.rs"]
mod declared;
#[path = "orderly_reconnection/pauses.rs"]
mod pauses;

use ixit::companion::{Reconnection, Role};
use ixit::{Blame, Row};
use probes::capture::Initiator;
use probes::probe::interruption::Interruption;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::traffic_seen::{Captures, Mechanisms, base};
use crate::verdict::Verdict;
use pauses::{Declared, Repetition, Standing};

/// 5.9-3.
pub static GROUP: Group = Group {
    id: "5.9-3",
    judges: &[
        Judge {
            unit: "5.9-3-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::measures_are_orderly,
        },
        Judge {
            unit: "5.9-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::measures_keep_the_network_stable,
        },
        Judge {
            unit: "5.9-3-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["interruption", "traffic"],
            judge: measures_work_as_declared,
        },
    ],
};

/// Outages with a pause that are enough in the profile `matrix`.
const MATRIX_OUTAGES: u64 = 2;

/// 5.9-3-2 a: the device comes back to its peers as declared.
fn measures_work_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected
        .items
        .iter()
        .flat_map(|item| {
            let declared = item.row.companions.reconnection.as_ref().map(|declared| &declared.value);
            match declared.filter(|_| !item.unclassified && calls_out(item.row)) {
                Some(declared) => by_pauses(facts, unit, item.row, declared),
                None => vec![ask(facts, unit, item)],
            }
        })
        .collect()
}

fn calls_out(row: &Row) -> bool {
    let serves = row.companions.role.as_ref().is_some_and(|role| role.value == Role::Server);
    !serves && peers(row).next().is_some()
}

/// Peers with a name.
fn peers(row: &Row) -> impl Iterator<Item = (&str, u16)> {
    let endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
    endpoints
        .filter_map(|endpoint| Some((endpoint.host.as_deref().filter(|host| *host != "*")?, endpoint.port)))
}

/// The machine's verdicts on a row: one for each peer and sample.
fn by_pauses(facts: &Facts<'_>, unit: &Unit, row: &Row, declared: &Reconnection) -> Vec<ItemResult> {
    let minimum = unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == "interruption");
    let minimum = minimum.map_or(3, |minimum| minimum.completed);
    let seen = facts.results::<Interruption>("interruption");
    // The short run of a simulated device, which tries out the harness itself, repeats less.
    let matrix = seen.iter().any(|(_, interruption)| interruption.profile.as_deref() == Some("matrix"));
    let minimum = if matrix { minimum.min(MATRIX_OUTAGES) } else { minimum };
    let mut results = Vec::new();
    for sample in Captures::of(facts).samples(facts) {
        for (host, port) in peers(row) {
            let mut repetitions: Vec<Repetition> = Vec::new();
            let mut last: Option<&Recorded> = None;
            for (recorded, interruption) in &seen {
                if sample.is_some_and(|id| base(recorded.sample()) != id) {
                    continue;
                }
                last = Some(recorded);
                let complete = recorded.complete();
                for outage in &interruption.outages {
                    if let Some(call) = crate::outage_seen::call(outage, host, port) {
                        repetitions.push(Repetition::of(&interruption.kind, outage.seconds, call, complete));
                    }
                }
            }
            let place = format!("{host}:{port}");
            let mut result =
                decided(row, &place, &Declared::of(declared), &repetitions, minimum, last.is_some());
            if let Some(recorded) = last {
                let evidence =
                    seen.iter().filter(|(other, _)| base(other.sample()) == base(recorded.sample()));
                result.evidence = evidence.map(|(other, _)| other.at(format!("calls to {place}"))).collect();
                result.effort = Some(recorded.observation.effort.clone());
            }
            result.state = Some(DutState::Initialized);
            result.sample = sample.map(str::to_owned);
            results.push(result);
        }
    }
    results
}

fn decided(
    row: &Row,
    place: &str,
    declared: &Declared,
    repetitions: &[Repetition],
    minimum: u64,
    observed: bool,
) -> ItemResult {
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("place", place)
            .with("declared", declared.line())
            .expected_by(row.reference("com_mech", "reconnection"))
    };
    let (verdict, reason, blame) = match pauses::compare(declared, repetitions, minimum) {
        _ if !observed => {
            let reason = Reason::new("observation-missing").with("probe", format!("interruption {place}"));
            (Verdict::Inconclusive, reason, Some(Blame::Lab))
        }
        Standing::WithoutPause(found) => {
            (Verdict::Fail, reason("reconnects-without-pause").with("found", found), Some(Blame::Device))
        }
        Standing::Differs(found) => (
            Verdict::Fail,
            reason("back-off-not-as-declared").with("found", found),
            Some(Blame::DeviceOrDocumentation),
        ),
        Standing::InStep(found) => {
            (Verdict::Fail, reason("reconnects-in-step").with("found", found), Some(Blame::Device))
        }
        Standing::TooFew(found) => (
            Verdict::Inconclusive,
            reason("too-few-tries").with("minimum", minimum).with("found", found),
            Some(Blame::Lab),
        ),
        Standing::Agrees(found) => {
            (Verdict::Pass, reason("reconnects-as-declared").with("found", found), None)
        }
    };
    let mut result = ItemResult::machine(&row.id, verdict, RestsOn::Observed, reason);
    result.blame = blame;
    result
}

/// What a person is shown of a row without figures: what was seen of its flows.
fn ask(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>) -> ItemResult {
    let captures = Captures::of(facts);
    let mechanisms = Mechanisms::only("com_mech", item.row);
    let mut shown = assisted::companions(item, &["role", "endpoint", "reconnection"]);
    for (place, capture) in captures.all.iter().enumerate() {
        for flow in capture.facts.flows.iter().filter(|flow| flow.initiator == Initiator::Device) {
            let names = captures.names(place, flow);
            if mechanisms.row(flow, &names).is_none() {
                continue;
            }
            let host = names.first().cloned().or_else(|| Some(flow.peer?.to_string()));
            let host = host.unwrap_or_else(|| "link".to_owned());
            let starts: Vec<String> = flow.attempts.iter().take(12).map(|at| format!("{at:.1}")).collect();
            let at = capture.at(Some(flow.frame));
            shown.push(Shown {
                label: "observed.traffic".to_owned(),
                text: format!(
                    "{}: {host} port {}: {} connections, {} established, begun at {} s",
                    at.at,
                    flow.port,
                    flow.connections,
                    flow.established,
                    starts.join(", ")
                ),
                source: Some(capture.recorded.reference.clone()),
            });
        }
    }
    shown.truncate(30);
    assisted::ask_about(facts, unit, item, shown, None)
}

#[cfg(test)]
#[path = "orderly_reconnection/tests.rs"]
mod tests;
