//! Outages, a line each.

use probes::probe::interruption::{Answered, Interruption, Outage, Snapshot};
use testcases::Facts;
use testcases::outage_seen;

use super::MOST_OUTAGES;

/// Most peers named in a line.
const MOST_PEERS: usize = 6;

/// One outage.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageLine {
    /// `link`, `uplink`, `names`, `services`, `power`.
    pub kind: String,
    /// Number among those of its kind in one observation, from 1.
    pub number: usize,
    /// It was brought about; else the bench has no such action.
    pub made: bool,
    /// Seconds that it lasted.
    pub seconds: f64,
    /// What was asked meanwhile, and how much of it was served; `None` where nothing was asked.
    pub meanwhile: Option<(usize, usize)>,
    /// Seconds until the device answered again.
    pub answered_after: Option<f64>,
    /// Peers, and when each was reached again.
    pub back: Vec<Back>,
    /// Peers that are not named.
    pub further_back: usize,
    /// How the device is after the last outage of the observation; told with that one.
    pub afterwards: Option<Afterwards>,
}

/// A peer and when the device reached it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Back {
    /// Name or address, with the port.
    pub peer: String,
    /// Tries from the beginning of the outage on.
    pub tries: usize,
    /// Seconds from the end of the outage; `None` if it was not reached.
    pub after: Option<f64>,
}

/// How the device is compared with before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Afterwards {
    /// Ports and accesses that were looked at before and after.
    pub compared: usize,
    /// Of them, those that are otherwise.
    pub different: usize,
}

/// The lines, and how many are left out.
pub(super) fn lines(facts: &Facts<'_>) -> (Vec<OutageLine>, usize) {
    let mut all = Vec::new();
    let mut further = 0;
    for seen in outage_seen::seen(facts) {
        let interruption = &seen.interruption;
        let last = interruption.outages.len().saturating_sub(1);
        for (place, outage) in interruption.outages.iter().enumerate() {
            if all.len() == MOST_OUTAGES {
                further += 1;
                continue;
            }
            let mut line = line(interruption, place + 1, outage);
            if place == last {
                line.afterwards = afterwards(&interruption.before, &interruption.after);
            }
            all.push(line);
        }
    }
    (all, further)
}

fn line(interruption: &Interruption, number: usize, outage: &Outage) -> OutageLine {
    let served = outage.during.iter().filter(|answer| answer.outcome == "served").count();
    let back = outage.calls.iter().take(MOST_PEERS).map(|call| Back {
        peer: format!("{}:{}", call.peer, call.port),
        tries: call.tries.len(),
        after: call.back_after,
    });
    OutageLine {
        kind: interruption.kind.clone(),
        number,
        made: outage.by != "nobody",
        seconds: outage.seconds,
        meanwhile: (!outage.during.is_empty()).then_some((served, outage.during.len())),
        answered_after: outage.answered_after,
        back: back.collect(),
        further_back: outage.calls.len().saturating_sub(MOST_PEERS),
        afterwards: None,
    }
}

/// What was looked at both times.
fn afterwards(before: &Snapshot, after: &Snapshot) -> Option<Afterwards> {
    let mut result = Afterwards { compared: 0, different: 0 };
    for (port, open) in &before.ports {
        if let Some((_, now)) = after.ports.iter().find(|(other, _)| other == port) {
            result.compared += 1;
            result.different += usize::from(open != now);
        }
    }
    let same = |one: &Answered, other: &Answered| one.asked == other.asked && one.subject == other.subject;
    for answer in &before.answers {
        if let Some(now) = after.answers.iter().find(|other| same(answer, other)) {
            result.compared += 1;
            result.different += usize::from((&answer.outcome, answer.status) != (&now.outcome, now.status));
        }
    }
    (result.compared > 0).then_some(result)
}
