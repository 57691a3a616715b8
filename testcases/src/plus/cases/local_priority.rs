//! Who stands at the device has the last word: a local operation works while orders come over the service, and keeps
//! them out for the declared time.

use ixit::Blame;
use ixit::companion::AccessKind;
use ixit::plus::RemoteOperation;
use probes::probe::remote_orders::{Doing, OrdersSeen, Step};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::plus::remote_operation::{
    self, PROBE, Standing, fails, had_effect, obeyed_in_session_of, open, passes, told, watched_long_enough,
    without_effect,
};
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: ID, needs: &[PROBE], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

const ID: &str = "plus-local-priority";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let left_out = |remote: &RemoteOperation| {
        let driven = remote.local.iter().any(|operation| operation.access.kind == AccessKind::Http);
        (!driven).then(|| open("plus-local-not-declared", Blame::Documentation, None))
    };
    remote_operation::judge(facts, ID, left_out, standing)
}

fn standing(remote: &RemoteOperation, seen: &OrdersSeen) -> Result<Standing, Standing> {
    let order = told(seen, Doing::OrderBeforeLocal)?;
    if order.shown == Some(false) || !obeyed_in_session_of(seen, Doing::OrderBeforeLocal) {
        return Err(without_effect(Doing::OrderBeforeLocal));
    }
    let local = told(seen, Doing::Local)?;
    if local.before == Some(true) {
        return Err(open("plus-orders-shown-before", Blame::Lab, Doing::Local));
    }
    if local.shown == Some(false) {
        return Ok(not_taken(local));
    }
    if remote.local_hold_seconds.is_none() {
        return Err(open("plus-local-no-hold-declared", Blame::Documentation, Doing::Local));
    }
    in_hold(seen, local)?;
    let after = told(seen, Doing::OrderAfterHold)?;
    match had_effect(after) {
        true => Ok(passes("plus-local-kept")),
        false => {
            let code = "plus-local-no-order-afterwards";
            Err(open(code, Blame::DeviceOrDocumentation, Doing::OrderAfterHold))
        }
    }
}

/// A local operation that shows nothing. Only an answer that takes it, or says that something stands in its way, shows
/// that the device had it; whoever was not let in, or asked in the wrong way, did not operate.
fn not_taken(local: &Step) -> Standing {
    match local.status {
        Some(200..300 | 409 | 423) => {
            fails("plus-local-not-taken", Blame::DeviceOrDocumentation, Doing::Local)
        }
        Some(401 | 403) | None => open("plus-local-not-let-in", Blame::Lab, Doing::Local),
        Some(_) => open("plus-local-not-understood", Blame::DeviceOrDocumentation, Doing::Local),
    }
}

/// What the order in the hold says; `Ok` where it was kept out. What showed when the hold may have been over says
/// nothing against it: the order may have waited for that.
fn in_hold(seen: &OrdersSeen, local: &Step) -> Result<(), Standing> {
    let doing = Doing::OrderInHold;
    let order = told(seen, doing)?;
    if had_effect(order) {
        let within = seen.hold_seconds.is_some_and(|hold| local.seconds + order.seconds < hold);
        return Err(match within {
            true => fails("plus-local-overridden", Blame::Device, doing),
            false => open("plus-local-obeyed-late", Blame::DeviceOrDocumentation, doing),
        });
    }
    match (order.shown, order.kept) {
        (Some(true), _) => Err(open("plus-orders-shown-before", Blame::Lab, doing)),
        (_, None) => Err(open("plus-orders-step-open", Blame::Lab, doing)),
        (_, Some(false)) => Err(open("plus-local-state-left", Blame::DeviceOrDocumentation, doing)),
        _ if !watched_long_enough(seen, order) => {
            Err(open("plus-orders-watched-too-short", Blame::Lab, doing))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "../local_priority_tests.rs"]
mod tests;
