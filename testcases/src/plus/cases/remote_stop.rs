//! The declared stop over the service leads to the declared state and stays: an order does not end it, the local
//! operation does.

use ixit::Blame;
use ixit::companion::AccessKind;
use ixit::plus::RemoteOperation;
use probes::probe::remote_orders::{Doing, OrdersSeen};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::plus::remote_operation::{
    self, PROBE, Standing, fails, had_effect, obeyed_in_session_of, open, passes, told, without_effect,
};
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: ID, needs: &[PROBE], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

const ID: &str = "plus-remote-stop";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let left_out = |remote: &RemoteOperation| {
        remote.stop.is_none().then(|| open("plus-stop-not-declared", Blame::Documentation, None))
    };
    remote_operation::judge(facts, ID, left_out, standing)
}

fn standing(remote: &RemoteOperation, seen: &OrdersSeen) -> Result<Standing, Standing> {
    let no_release = open("plus-stop-no-release-declared", Blame::Documentation, None);
    let released = remote.release.as_ref().is_some_and(|release| release.access.kind == AccessKind::Http);
    let without_release = |missing: Standing| if released { missing } else { no_release };
    // A device that could not be started again may not have been stopped at all.
    let stop = told(seen, Doing::Stop).map_err(without_release)?;
    if stop.before == Some(true) {
        return Err(open("plus-stop-shown-before", Blame::Lab, Doing::Stop));
    }
    if stop.shown == Some(false) {
        return match obeyed_in_session_of(seen, Doing::Stop) {
            true => Ok(fails("plus-stop-without-effect", Blame::DeviceOrDocumentation, Doing::Stop)),
            false => Err(without_effect(Doing::Stop)),
        };
    }
    match told(seen, Doing::OrderWhileStopped)?.kept {
        Some(true) => {}
        Some(false) => {
            return Ok(fails("plus-stop-ended-from-afar", Blame::Device, Doing::OrderWhileStopped));
        }
        None => return Err(open("plus-orders-step-open", Blame::Lab, Doing::OrderWhileStopped)),
    }
    if !released {
        return Err(no_release);
    }
    match seen.step(Doing::Release).is_some_and(|(_, step)| had_effect(step)) {
        true => Ok(passes("plus-stop-safe")),
        false => Err(open("plus-stop-not-released", Blame::DeviceOrDocumentation, Doing::Release)),
    }
}

#[cfg(test)]
#[path = "../remote_stop_tests.rs"]
mod tests;
