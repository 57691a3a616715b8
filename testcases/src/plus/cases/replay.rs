//! An order that is recorded and sent once more, octet by octet, in the same session and in a new one: a device that
//! tells fresh orders by a number or a time leaves it.
//!
//! Where nothing makes an order fresh, orders rest on the session alone, and the authentic service that says the same
//! twice does nothing wrong: that is told, and judged neither way.

use ixit::Blame;
use ixit::plus::RemoteOperation;
use probes::probe::remote_orders::{Doing, OrdersSeen};

use crate::Facts;
use crate::judge::ItemResult;
use crate::plus::PlusCase;
use crate::plus::remote_operation::{
    self, PROBE, Standing, fails, had_effect, obeyed, obeyed_in_session_of, open, passes, told,
    watched_long_enough,
};
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: ID, needs: &[PROBE], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

const ID: &str = "plus-replay";
const REPLAYS: [Doing; 2] = [Doing::Replay, Doing::ReplayAnew];

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let left_out = |remote: &RemoteOperation| {
        let unprotected = remote.freshness.is_none();
        unprotected.then(|| open("plus-replay-no-freshness", Blame::Documentation, None))
    };
    remote_operation::judge(facts, ID, left_out, |_, seen| standing(seen))
}

fn standing(seen: &OrdersSeen) -> Result<Standing, Standing> {
    obeyed(seen, Doing::Order)?;
    // The other order showed in time, so what shows after it is no late effect of the first.
    obeyed(seen, Doing::OtherOrder)?;
    let again = |doing: &Doing| seen.step(*doing).is_some_and(|(_, step)| had_effect(step));
    if let Some(doing) = REPLAYS.into_iter().find(again) {
        return Ok(fails("plus-replay-obeyed", Blame::Device, doing));
    }
    for doing in REPLAYS {
        let step = told(seen, doing)?;
        if step.before == Some(true) {
            return Err(open("plus-orders-shown-before", Blame::Lab, doing));
        }
        if !watched_long_enough(seen, step) {
            return Err(open("plus-orders-watched-too-short", Blame::Lab, doing));
        }
        if !obeyed_in_session_of(seen, doing) {
            return Err(open("plus-replay-no-order-beside", Blame::Lab, doing));
        }
    }
    Ok(passes("plus-replay-refused"))
}

#[cfg(test)]
#[path = "../replay_tests.rs"]
mod tests;
