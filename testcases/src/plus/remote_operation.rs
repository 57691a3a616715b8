//! What the cases on orders over the service have in common: the declared operation, how the service was played, and
//! what a step tells.

use ixit::Blame;
use ixit::plus::RemoteOperation;
use probes::Outcome;
use probes::probe::remote_orders::{Doing, OrdersSeen, SessionEnd, Step};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::observing::remote_orders;
use crate::plus::data_of;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Probe that plays the service.
pub(super) const PROBE: &str = "remote-orders";
/// Where the operation is declared.
const DECLARED: &str = "declaration:plus.toml#remote_operation";

/// How a case stands: verdict, code, who has to act, and the step that tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    verdict: Verdict,
    code: &'static str,
    blame: Option<Blame>,
    step: Option<Doing>,
}

/// A PASS.
pub(super) fn passes(code: &'static str) -> Standing {
    Standing { verdict: Verdict::Pass, code, blame: None, step: None }
}

/// A FAIL, seen in a step.
pub(super) fn fails(code: &'static str, blame: Blame, step: Doing) -> Standing {
    Standing { verdict: Verdict::Fail, code, blame: Some(blame), step: Some(step) }
}

/// Open, for what was or was not seen in a step.
pub(super) fn open(code: &'static str, blame: Blame, step: impl Into<Option<Doing>>) -> Standing {
    Standing { verdict: Verdict::Inconclusive, code, blame: Some(blame), step: step.into() }
}

/// Judges a case by what the declaration leaves out, else by each time that the service was played.
pub(super) fn judge(
    facts: &Facts<'_>,
    case: &str,
    left_out: impl Fn(&RemoteOperation) -> Option<Standing>,
    standing: impl Fn(&RemoteOperation, &OrdersSeen) -> Result<Standing, Standing>,
) -> Vec<ItemResult> {
    let Some(remote) = &facts.declaration.plus.remote_operation else {
        let standing = open("plus-orders-not-declared", Blame::Documentation, None);
        return vec![result("-", standing, Reason::new(standing.code), RestsOn::Declared)];
    };
    let left_out = not_driven(facts, remote).or_else(|| left_out(remote));
    let mut observed = facts.observed(PROBE).peekable();
    if observed.peek().is_none() {
        let standing = left_out.unwrap_or(open("plus-orders-not-sent", Blame::Lab, None));
        let reason = spoken(remote, None, &OrdersSeen::default(), &standing);
        let result = result(&remote.through, standing, reason, RestsOn::Declared);
        return vec![result.declared(DECLARED.to_owned())];
    }
    observed
        .map(|recorded| {
            // What cannot be read is taken for a service that was not played; its trouble is told.
            let seen: OrdersSeen = recorded.observation.read().unwrap_or_default();
            let judged = || approached(&seen).and_then(|()| standing(remote, &seen));
            let standing = left_out.unwrap_or_else(|| match judged() {
                Ok(standing) | Err(standing) => upheld(recorded, case, standing),
            });
            let rests_on = if left_out.is_some() { RestsOn::Declared } else { RestsOn::Observed };
            let step = standing.step.and_then(|doing| seen.step(doing));
            let place = step.map_or_else(|| "steps".to_owned(), |(number, _)| format!("step {number}"));
            let reason = spoken(remote, Some(recorded), &seen, &standing);
            result(&remote.through, standing, reason, rests_on)
                .seen_in(recorded.state(), recorded.sample())
                .evidence(recorded.at(place))
                .declared(DECLARED.to_owned())
                .effort(&recorded.observation.effort)
        })
        .collect()
}

/// Why no program here can play the service or read the state.
fn not_driven(facts: &Facts<'_>, remote: &RemoteOperation) -> Option<Standing> {
    let code = if !remote_orders::is_driven(remote) {
        "plus-orders-not-driven"
    } else if remote_orders::service(facts.declaration, remote).is_none() {
        "plus-orders-no-service"
    } else {
        return None;
    };
    Some(open(code, Blame::Documentation, None))
}

fn result(item: &str, standing: Standing, reason: Reason, rests_on: RestsOn) -> ItemResult {
    let mut result = ItemResult::machine(item, standing.verdict, rests_on, reason.expected_by("plus"));
    result.blame = standing.blame;
    result
}

/// The reason with all that its texts may name.
fn spoken(
    remote: &RemoteOperation,
    recorded: Option<&Recorded>,
    seen: &OrdersSeen,
    standing: &Standing,
) -> Reason {
    let or_dash = |text: Option<&str>| text.filter(|text| !text.is_empty()).unwrap_or("-").to_owned();
    let step = standing.step.and_then(|doing| seen.step(doing)).map(|(_, step)| step);
    let trouble = recorded.and_then(|recorded| recorded.observation.trouble.as_deref());
    let note = step.map(|step| step.note.as_str()).filter(|note| !note.is_empty());
    let hold = remote.local_hold_seconds.map(|seconds| seconds.to_string());
    let status = step.and_then(|step| step.status).map(|status| status.to_string());
    let replays = seen.steps.iter().filter(|step| matches!(step.doing, Doing::Replay | Doing::ReplayAnew));
    let sent = replays.filter(|step| step.before == Some(false) && step.shown.is_some());
    Reason::new(standing.code)
        .with("row", &remote.through)
        .with("place", or_dash(Some(&seen.host)))
        .with("topic", &remote.topic)
        .with("reader", or_dash(Some(&seen.reader)))
        .with("freshness", or_dash(remote.freshness.as_deref()))
        .with("hold", or_dash(hold.as_deref()))
        .with("takes", remote.takes_seconds)
        .with("step", standing.step.map_or("-", named))
        .with("sent", or_dash(step.map(|step| step.sent.as_str())))
        .with("shows", step.map_or_else(|| "-".to_owned(), |step| step.shows.join(", ")))
        .with("seconds", step.map_or_else(|| "-".to_owned(), |step| format!("{:.1}", step.seconds)))
        .with("status", or_dash(status.as_deref()))
        .with("note", or_dash(note.or(trouble)))
        .with("trouble", or_dash(trouble.or(seen.session_detail.as_deref())))
        .with("replays", sent.clone().count())
        .with("obeyed", sent.filter(|step| step.shown == Some(true)).count())
}

/// Whether somebody who may read the state was there, and the device listened to the played service.
fn approached(seen: &OrdersSeen) -> Result<(), Standing> {
    let entered = matches!(seen.reader.as_str(), "logged-in" | "sent-along" | "open");
    let untried = seen.reader.is_empty() && seen.session == SessionEnd::NotTried;
    if !(entered || untried) {
        return Err(open("plus-orders-reader", Blame::Lab, None));
    }
    match seen.session {
        SessionEnd::NotTried => Err(open("plus-orders-not-played", Blame::Lab, None)),
        SessionEnd::NoConnection => Err(open("plus-orders-no-connection", Blame::Lab, None)),
        SessionEnd::NotTaken => Err(open("plus-orders-service-not-taken", Blame::Lab, None)),
        SessionEnd::NotSubscribed => {
            Err(open("plus-orders-not-subscribed", Blame::DeviceOrDocumentation, None))
        }
        SessionEnd::Subscribed if seen.steps.is_empty() => Err(NOT_FINISHED),
        SessionEnd::Subscribed => Ok(()),
    }?;
    // The probe goes no further then.
    let idle = |doing: &Doing| seen.step(*doing).is_some_and(|(_, step)| step.shown == Some(false));
    match [Doing::Order, Doing::OtherOrder].into_iter().find(idle) {
        Some(doing) => Err(without_effect(doing)),
        None => Ok(()),
    }
}

/// Open, because a fresh order is not obeyed, so that nothing can be told.
pub(super) fn without_effect(doing: Doing) -> Standing {
    open("plus-orders-without-effect", Blame::DeviceOrDocumentation, doing)
}

const NOT_FINISHED: Standing = Standing {
    verdict: Verdict::Inconclusive,
    code: "plus-orders-not-finished",
    blame: Some(Blame::Lab),
    step: None,
};

/// Whether what was seen may FAIL: trouble of the tool or a device that left may not.
fn finished(recorded: &Recorded) -> bool {
    matches!(recorded.observation.outcome, Outcome::Complete | Outcome::Partial)
}

/// A verdict for which enough was done; else what is missing.
fn upheld(recorded: &Recorded, case: &str, standing: Standing) -> Standing {
    let least =
        data_of(case).and_then(|data| data.minimum_effort.as_ref()).map_or(1, |least| least.completed);
    match standing.verdict {
        Verdict::Fail if !finished(recorded) => NOT_FINISHED,
        Verdict::Pass if !recorded.complete() => NOT_FINISHED,
        Verdict::Pass if recorded.observation.effort.completed < least => {
            open("plus-orders-too-few", Blame::Lab, None)
        }
        _ => standing,
    }
}

/// A step before and after which the state was read; else what is missing of it.
pub(super) fn told(seen: &OrdersSeen, doing: Doing) -> Result<&Step, Standing> {
    let step = seen.step(doing).map(|(_, step)| step);
    step.filter(|step| step.before.is_some() && step.shown.is_some())
        .ok_or_else(|| open("plus-orders-step-open", Blame::Lab, doing))
}

/// A step that had its effect: what it shows was not there before, and was there afterwards.
pub(super) fn had_effect(step: &Step) -> bool {
    step.before == Some(false) && step.shown == Some(true)
}

/// An order that has to have had its effect, as a control; else what it lacks.
pub(super) fn obeyed(seen: &OrdersSeen, doing: Doing) -> Result<&Step, Standing> {
    let step = told(seen, doing)?;
    match (step.before, step.shown) {
        (Some(true), _) => Err(open("plus-orders-shown-before", Blame::Lab, doing)),
        (_, Some(true)) => Ok(step),
        _ => Err(without_effect(doing)),
    }
}

/// Whether some order took effect in the session of a step. Only there does one without an effect say something.
pub(super) fn obeyed_in_session_of(seen: &OrdersSeen, doing: Doing) -> bool {
    let anew = |number: usize| seen.step(Doing::ReplayAnew).is_some_and(|(first, _)| number >= first);
    let Some((number, _)) = seen.step(doing) else { return false };
    let mut beside = (1..).zip(&seen.steps).filter(|(other, _)| anew(*other) == anew(number));
    beside.any(|(_, step)| !matches!(step.doing, Doing::Local | Doing::Release) && had_effect(step))
}

/// Whether a step without an effect was watched for as long as any order took to show.
pub(super) fn watched_long_enough(seen: &OrdersSeen, step: &Step) -> bool {
    let orders = seen.steps.iter().filter(|other| !matches!(other.doing, Doing::Local | Doing::Release));
    orders.filter(|other| had_effect(other)).all(|other| other.seconds <= step.seconds)
}

/// Name of a step, as the observation has it.
fn named(doing: Doing) -> &'static str {
    match doing {
        Doing::Order => "order",
        Doing::OtherOrder => "other-order",
        Doing::Replay => "replay",
        Doing::ReplayAnew => "replay-anew",
        Doing::OrderBeforeLocal => "order-before-local",
        Doing::Local => "local",
        Doing::OrderInHold => "order-in-hold",
        Doing::OrderAfterHold => "order-after-hold",
        Doing::Stop => "stop",
        Doing::OrderWhileStopped => "order-while-stopped",
        Doing::Release => "release",
    }
}

#[cfg(test)]
#[path = "remote_operation_tests.rs"]
pub(super) mod tests;
